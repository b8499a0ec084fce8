package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.util.List;
import java.util.Set;

/** Reads the networks' shapes from their configuration files, under diffusers' keys. */
public final class NetworkConfigs {
  private NetworkConfigs() {}

  /** {@code transformer/config.json}. */
  public static MmDitConfig transformer(Config c) {
    int heads = c.integer("num_attention_heads");
    int headDim = c.integer("attention_head_dim");
    int projection = c.integer("caption_projection_dim", heads * headDim);
    if (projection != heads * headDim) {
      throw new FormatException(
          c.file(),
          "key caption_projection_dim: expected heads times head size, " + heads * headDim + ", got " + projection);
    }
    String norm = c.text("qk_norm", "");
    if (!norm.isEmpty() && !norm.equals("rms_norm")) {
      throw new FormatException(c.file(), "key qk_norm: expected null or rms_norm, got " + norm);
    }
    int in = c.integer("in_channels");
    return checked(c, () -> new MmDitConfig(
        c.integer("patch_size"), in, c.integer("out_channels", in), c.integer("num_layers"), heads, headDim,
        c.integer("joint_attention_dim"), c.integer("pooled_projection_dim"), c.integer("sample_size"),
        c.integer("pos_embed_max_size"), Set.copyOf(c.integers("dual_attention_layers")), !norm.isEmpty()));
  }

  /** {@code vae/config.json}. */
  public static VaeConfig vae(Config c) {
    if (c.flag("use_quant_conv", false) || c.flag("use_post_quant_conv", false)) {
      throw new FormatException(c.file(),
          "keys use_quant_conv and use_post_quant_conv: expected false, as SD3 has them");
    }
    List<Integer> channels = c.integers("block_out_channels");
    return checked(c, () -> new VaeConfig(
        c.integer("in_channels", 3), c.integer("out_channels", 3), c.integer("latent_channels"), channels,
        c.integer("layers_per_block", 1), c.integer("norm_num_groups", 32), c.flag("mid_block_add_attention", true),
        c.number("scaling_factor"), c.number("shift_factor", 0)));
  }

  private interface Maker<T> {
    T make();
  }

  private static <T> T checked(Config c, Maker<T> maker) {
    try {
      return maker.make();
    } catch (IllegalArgumentException e) {
      throw new FormatException(c.file(), e.getMessage());
    }
  }
}
