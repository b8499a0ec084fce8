package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitModelCommandTest {
  private static final String SHAPE = """
      transformer:
        {patch_size: 2, in_channels: 4, num_layers: 1, num_attention_heads: 2, attention_head_dim: 8,
        joint_attention_dim: 24, pooled_projection_dim: 12, sample_size: 8, pos_embed_max_size: 8}
      vae: {latent_channels: 4, block_out_channels: [4, 8], layers_per_block: 1, norm_num_groups: 2,
        scaling_factor: 1.5}
      """;

  @TempDir
  private Path folder;

  private static CommandRun run(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("init-model"), Stream.of(arguments)));
  }

  /** A small model for the tests of commands. */
  static Path model(Path folder) throws IOException {
    Path model = folder.resolve("model");
    CommandRun run = run(Files.writeString(folder.resolve("shape.yaml"), SHAPE), "-o", model, "--type", "f32");
    assertEquals(0, run.code(), run.err().toString());
    return model;
  }

  @Test
  void theModelIsStoredInTheAskedForTypeAndOneLineSaysHowLarge() throws IOException {
    Path shape = Files.writeString(folder.resolve("shape.yaml"), SHAPE);
    CommandRun run = run(shape, "-o", folder.resolve("m"), "--seed", 3, "--type", "F16");
    assertEquals(0, run.code(), run.err().toString());
    assertEquals(List.of(), run.err());
    assertEquals(1, run.out().size());
    assertTrue(run.out().getFirst().matches(".*m: [0-9,]+ parameters in F16, 0\\.00 GB"), run.out().getFirst());
    try (ModelFolder model = ModelFolder.open(folder.resolve("m"))) {
      assertEquals(DType.F16, model.vae().find("decoder.conv_in.weight").orElseThrow().dtype());
    }
  }

  @Test
  void whatCannotBeDoneIsOneLineAndLeavesNothing() throws IOException {
    Path shape = Files.writeString(folder.resolve("shape.yaml"), SHAPE);
    Path out = folder.resolve("m");
    refused("sd3-small", run("sd3-small", "-o", out));
    refused("expected bf16, f16 or f32", run(shape, "-o", out, "--type", "f8"));
    refused("--output", run(shape));
    refused("no size", run(shape, "-o", out, "--shard-size", "many"));
    refused("num_layers is missing",
        run(Files.writeString(folder.resolve("b.yaml"), SHAPE.replace("num_layers: 1,", "")), "-o", out));
    assertFalse(Files.exists(out));
    model(folder);
    refused("--overwrite", run(shape, "-o", folder.resolve("model")));
    assertEquals(0, run(shape, "-o", folder.resolve("model"), "--overwrite").code());
  }

  private static void refused(String why, CommandRun run) {
    assertEquals(2, run.code());
    assertEquals(1, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: ") && run.err().getFirst().contains(why),
        run.err().getFirst());
    assertEquals(List.of(), run.out());
  }
}
