package io.github.tsdsr.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.FolderSwap;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Numbers;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewModelTest {
  private static final ModelShape SMALL = new ModelShape(
      new MmDitConfig(2, 4, 4, 2, 2, 8, 24, 12, 8, 8, Set.of(0), true),
      new VaeConfig(3, 3, 4, List.of(4, 8), 1, 2, true, 1.5, 0.1));

  @TempDir
  private Path folder;

  private static NewModel model(DType dtype) {
    return new NewModel(SMALL, dtype, 5, Long.MAX_VALUE);
  }

  private static void write(NewModel model, Path to, boolean replace, int threads) throws IOException {
    try (Backend backend = new VectorBackend(threads, Long.MAX_VALUE)) {
      model.write(backend, to, replace, (_, _) -> true);
    }
  }

  @Test
  void theFolderHoldsAModelThatOpensWithThoseShapes() throws IOException {
    Path to = folder.resolve("deep/model");
    write(model(DType.BF16), to, false, 2);
    try (ModelFolder opened = ModelFolder.open(to);
        EmbeddingFiles prompt = EmbeddingFiles.open(to.resolve("embeddings/default"))) {
      assertEquals(SMALL.transformer(), opened.transformerConfig());
      assertEquals(SMALL.vae(), opened.vaeConfig());
      new MmDit(opened.transformerConfig(), opened.transformer());
      new Vae(opened.vaeConfig(), opened.vae());
      assertEquals(333, prompt.prompt(24).size(0));
      assertEquals(DType.BF16, prompt.pooled(12).dtype());
    }
  }

  @Test
  void storedWeightsAreTheInitialOnesRoundedOnce() throws IOException {
    write(model(DType.BF16), folder.resolve("m"), false, 2);
    String name = "transformer_blocks.1.ff.net.0.proj.weight";
    try (Backend backend = new VectorBackend();
        Scope scope = Scope.on(backend);
        ModelFolder opened = ModelFolder.open(folder.resolve("m"))) {
      float[] made = Values.floats(backend, InitialWeights.of(SMALL.transformer(), 5).make(scope, name));
      float[] stored = Values.floats(backend, opened.transformer().find(name).orElseThrow());
      for (int i = 0; i < made.length; i++) {
        made[i] = Numbers.bf16ToFloat(Numbers.floatToBf16(made[i]));
      }
      assertArrayEquals(made, stored);
    }
  }

  @Test
  void theSameSeedGivesTheSameBytesOnAnyNumberOfThreadsAndAnotherSeedOthers() throws IOException {
    write(model(DType.F16), folder.resolve("a"), false, 1);
    write(model(DType.F16), folder.resolve("b"), false, 3);
    write(new NewModel(SMALL, DType.F16, 6, Long.MAX_VALUE), folder.resolve("c"), false, 1);
    for (String file : List.of("transformer/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors", "embeddings/default/embeddings.safetensors")) {
      byte[] a = Files.readAllBytes(folder.resolve("a").resolve(file));
      assertArrayEquals(a, Files.readAllBytes(folder.resolve("b").resolve(file)), file);
      assertTrue(Files.mismatch(folder.resolve("a").resolve(file), folder.resolve("c").resolve(file)) >= 0, file);
    }
  }

  @Test
  void beyondASizeWeightsAreCutIntoShardsThatTogetherAreTheSame() throws IOException {
    write(model(DType.F32), folder.resolve("whole"), false, 1);
    write(new NewModel(SMALL, DType.F32, 5, 20_000), folder.resolve("cut"), false, 1);
    List<Path> shards;
    try (Stream<Path> files = Files.list(folder.resolve("cut/transformer"))) {
      shards = files.filter(f -> f.toString().endsWith(".safetensors")).toList();
    }
    assertTrue(shards.size() > 2, shards.toString());
    for (Path shard : shards) {
      assertTrue(shard.getFileName().toString().matches("diffusion_pytorch_model-0000\\d-of-0000" + shards.size()
          + "\\.safetensors"), shard.toString());
    }
    try (Backend backend = new VectorBackend();
        ModelFolder whole = ModelFolder.open(folder.resolve("whole"));
        ModelFolder cut = ModelFolder.open(folder.resolve("cut"))) {
      assertEquals(whole.transformer().names(), cut.transformer().names());
      for (String name : whole.transformer().names()) {
        assertArrayEquals(Values.floats(backend, whole.transformer().find(name).orElseThrow()),
            Values.floats(backend, cut.transformer().find(name).orElseThrow()), name);
      }
    }
  }

  @Test
  void whatIsThereIsReplacedOnlyWhenAskedForAndOnlyIfItIsAModel() throws IOException {
    Path to = folder.resolve("m");
    write(model(DType.F16), to, false, 1);
    Path mark = Files.createFile(to.resolve("mark"));
    assertThrows(FormatException.class, () -> write(model(DType.F32), to, false, 1));
    assertTrue(Files.exists(mark));
    write(model(DType.F32), to, true, 1);
    assertFalse(Files.exists(mark));
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Path photo = Files.createFile(photos.resolve("a.png"));
    assertThrows(FormatException.class, () -> write(model(DType.F32), photos, true, 1));
    assertTrue(Files.exists(photo));
    assertThrows(FormatException.class, () -> write(model(DType.F32), photo, true, 1));
  }

  @Test
  void whatIsGivenUpLeavesNothingBehindAndTheOldModelAsItWas() throws IOException {
    Path to = folder.resolve("m");
    write(model(DType.F16), to, false, 1);
    byte[] before = Files.readAllBytes(to.resolve("transformer/diffusion_pytorch_model.safetensors"));
    try (Backend backend = new VectorBackend()) {
      NewModel other = new NewModel(SMALL, DType.F16, 9, Long.MAX_VALUE);
      assertThrows(CancellationException.class,
          () -> other.write(backend, to, true, (done, total) -> done < total / 2));
    }
    assertArrayEquals(before, Files.readAllBytes(to.resolve("transformer/diffusion_pytorch_model.safetensors")));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(to), left.toList());
    }
  }

  @Test
  void whereTheNewModelCannotTakeThePlaceTheOldOneIsPutBack() throws IOException {
    Path to = Files.createDirectory(folder.resolve("m"));
    Files.writeString(to.resolve("model_index.json"), "old");
    assertThrows(IOException.class,
        () -> new FolderSwap("a model", "model_index.json").write(to, true, 0, Files::delete));
    assertEquals("old", Files.readString(to.resolve("model_index.json")));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(to), left.toList());
    }
  }

  @Test
  void progressReachesTheSizeOfAllTensors() throws IOException {
    long[] last = new long[2];
    NewModel model = model(DType.BF16);
    try (Backend backend = new VectorBackend()) {
      model.write(backend, folder.resolve("m"), false, (done, total) -> {
        last[0] = done;
        last[1] = total;
        return true;
      });
    }
    assertEquals(model.bytes(), last[0]);
    assertEquals(model.bytes(), last[1]);
    assertEquals(2 * (model.parameters() + 333 * 24 + 12), model.bytes());
  }

  @Test
  void sizesOfTheKnownModelsAreThePublishedOnes() throws IOException {
    assertEquals(2_084_951_104L, WeightPlan.of(ModelShape.of("sd3-medium").transformer()).count());
    assertEquals(83_819_683L, WeightPlan.of(ModelShape.of("SD3-medium").vae()).count());
    MmDitConfig newer = ModelShape.of("sd3.5-medium").transformer();
    assertTrue(newer.qkRmsNorm());
    assertEquals(13, newer.dualAttentionLayers().size());
  }

  @Test
  void aShapeIsReadFromAFolderOrAFileAndAFaultIsNamedWithItsFile() throws IOException {
    write(model(DType.F16), folder.resolve("m"), false, 1);
    assertEquals(SMALL, ModelShape.of(folder.resolve("m").toString()));
    Path yaml = Files.writeString(folder.resolve("s.yaml"), """
        transformer: {patch_size: 2, in_channels: 4, num_layers: 2, num_attention_heads: 2, attention_head_dim: 8,
          joint_attention_dim: 24, pooled_projection_dim: 12, sample_size: 8, pos_embed_max_size: 8,
          dual_attention_layers: [0], qk_norm: rms_norm}
        vae: {latent_channels: 4, block_out_channels: [4, 8], layers_per_block: 1, norm_num_groups: 2,
          scaling_factor: 1.5, shift_factor: 0.1}
        """);
    assertEquals(SMALL, ModelShape.of(yaml.toString()));
    String text = Files.readString(yaml);
    refused(Files.writeString(yaml, text.replace("latent_channels: 4", "latent_channels: 5")), "latents have 5");
    refused(Files.writeString(yaml, text.replace("qk_norm", "qk_norn")), "key transformer.qk_norn is not known");
    refused(Files.writeString(yaml, text.replace("head_dim: 8", "head_dim: 3")), "multiple of 4");
    refused(folder.resolve("absent"), "expected sd3-medium, sd3.5-medium, or a folder or file with a model's shape");
    refused(Files.createDirectory(folder.resolve("empty")), "transformer/config.json is not there");
  }

  private static void refused(Path source, String why) {
    FormatException e = assertThrows(FormatException.class, () -> ModelShape.of(source.toString()));
    assertTrue(e.getMessage().startsWith(source.toString()) && e.getMessage().contains(why), e.getMessage());
  }
}
