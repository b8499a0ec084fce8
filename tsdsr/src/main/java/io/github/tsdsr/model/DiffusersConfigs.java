package io.github.tsdsr.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the configuration files of a model folder, under diffusers' keys: what {@link NetworkConfigs} reads. */
public final class DiffusersConfigs {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private DiffusersConfigs() {}

  /** Writes {@code model_index.json} and {@code scheduler/scheduler_config.json}. */
  public static void writeIndex(Path folder) throws IOException {
    ObjectNode index = MAPPER.createObjectNode().put("_class_name", "StableDiffusion3Pipeline");
    index.putArray("scheduler").add("diffusers").add("FlowMatchEulerDiscreteScheduler");
    index.putArray("transformer").add("diffusers").add("SD3Transformer2DModel");
    index.putArray("vae").add("diffusers").add("AutoencoderKL");
    write(folder.resolve("model_index.json"), index);
    ObjectNode scheduler = MAPPER.createObjectNode().put("_class_name", "FlowMatchEulerDiscreteScheduler")
        .put("num_train_timesteps", 1000).put("shift", 3.0);
    write(folder.resolve("scheduler/scheduler_config.json"), scheduler);
  }

  /** Writes {@code transformer/config.json}. */
  public static void write(Path folder, MmDitConfig c) throws IOException {
    ObjectNode node = MAPPER.createObjectNode()
        .put("_class_name", "SD3Transformer2DModel")
        .put("attention_head_dim", c.headDim())
        .put("caption_projection_dim", c.width())
        .put("in_channels", c.inChannels())
        .put("joint_attention_dim", c.jointAttentionDim())
        .put("num_attention_heads", c.heads())
        .put("num_layers", c.layers())
        .put("out_channels", c.outChannels())
        .put("patch_size", c.patchSize())
        .put("pooled_projection_dim", c.pooledProjectionDim())
        .put("pos_embed_max_size", c.posEmbedMaxSize())
        .put("qk_norm", c.qkRmsNorm() ? "rms_norm" : null)
        .put("sample_size", c.sampleSize());
    ArrayNode dual = node.putArray("dual_attention_layers");
    c.dualAttentionLayers().stream().sorted().forEach(dual::add);
    write(folder.resolve("transformer/config.json"), node);
  }

  /** Writes {@code vae/config.json}. */
  public static void write(Path folder, VaeConfig c) throws IOException {
    ObjectNode node = MAPPER.createObjectNode()
        .put("_class_name", "AutoencoderKL")
        .put("act_fn", "silu")
        .put("in_channels", c.inChannels())
        .put("latent_channels", c.latentChannels())
        .put("layers_per_block", c.layersPerBlock())
        .put("mid_block_add_attention", c.midAttention())
        .put("norm_num_groups", c.normGroups())
        .put("out_channels", c.outChannels())
        .put("scaling_factor", c.scalingFactor())
        .put("shift_factor", c.shiftFactor())
        .put("use_post_quant_conv", false)
        .put("use_quant_conv", false);
    ArrayNode channels = node.putArray("block_out_channels");
    ArrayNode down = node.putArray("down_block_types");
    ArrayNode up = node.putArray("up_block_types");
    c.blockOutChannels().forEach(n -> {
      channels.add(n);
      down.add("DownEncoderBlock2D");
      up.add("UpDecoderBlock2D");
    });
    write(folder.resolve("vae/config.json"), node);
  }

  private static void write(Path file, ObjectNode node) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] bytes = (MAPPER.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, bytes);
  }
}
