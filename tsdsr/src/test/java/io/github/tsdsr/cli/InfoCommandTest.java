package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoCommandTest {
  @TempDir
  private Path folder;

  private static CommandRun info(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("info"), Stream.of(arguments)));
  }

  private static void says(CommandRun run, String what, String is) {
    assertTrue(run.out().stream().anyMatch(line -> line.startsWith(what + " ") && line.contains(is)),
        what + " " + is + " in " + run.out());
  }

  @Test
  void withoutAModelItTellsWhatTheProgramRunsOn() {
    CommandRun run = info();
    assertEquals(0, run.code());
    says(run, "version", "tsdsr");
    says(run, "java", Runtime.version().toString());
    says(run, "device", "cpu, " + Runtime.getRuntime().availableProcessors() + " threads");
    says(run, "device", "cuda: not available in this build");
    says(run, "memory", "GB");
  }

  @Test
  void aModelsPartsAreToldWithTheirSizes() throws IOException {
    Path model = InitModelCommandTest.model(folder);
    Files.writeString(model.resolve("tsdsr.json"), "{\"scale\": 2}");
    CommandRun run = info(model);
    assertEquals(0, run.code(), run.err().toString());
    says(run, "transformer", "SD3: 1 blocks, 2 heads of 8, width 16");
    says(run, "transformer", " parameters in F32");
    says(run, "autoencoder", "levels of 4-8 channels, latents of 4 at 1/2");
    says(run, "prompt", "333 tokens of 24 and 12 pooled, F32");
    says(run, "defaults", "{\"scale\":2}");
  }

  @Test
  void adaptersAreToldWithTheirRanks() throws IOException {
    Path model = InitModelCommandTest.model(folder);
    Files.createDirectories(model.resolve("lora"));
    try (Backend backend = new VectorBackend(); Scope scope = Scope.on(backend)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      Map.Entry<String, String> names = LoraSet.names("proj_out");
      tensors.put(names.getKey(), scope.zeros(DType.F32, 5, 16));
      tensors.put(names.getValue(), scope.zeros(DType.F32, 16, 5));
      SafetensorsWriter.write(model.resolve("lora/transformer.safetensors"), backend, tensors, Map.of());
    }
    says(info(model), "adapters", "transformer 1 modules of rank 5");
    Files.writeString(model.resolve("tsdsr.json"), "{\"lora\": \"mine\"}");
    CommandRun missing = info(model);
    assertEquals(2, missing.code());
    says(missing, "missing", "the adapters in mine");
  }

  @Test
  void whatAModelLacksIsToldAndTheCodeSaysThatItCannotBeUsed() throws IOException {
    Path model = InitModelCommandTest.model(folder);
    Path weights = model.resolve("transformer/diffusion_pytorch_model.safetensors");
    Path less = model.resolve("transformer/less.safetensors");
    try (Backend backend = new VectorBackend(); WeightFiles whole = WeightFiles.open(weights)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      whole.names().stream().filter(name -> !name.equals("proj_out.bias"))
          .forEach(name -> tensors.put(name, whole.find(name).orElseThrow()));
      SafetensorsWriter.write(less, backend, tensors, Map.of());
    }
    Files.move(less, weights, StandardCopyOption.REPLACE_EXISTING);
    CommandRun run = info(model);
    assertEquals(2, run.code());
    says(run, "missing", "tensors, such as proj_out.bias");
    assertEquals(1, run.err().size());
    assertTrue(run.err().getFirst().startsWith("tsdsr: " + model + ": cannot be used, missing: transformer: 1 of "),
        run.err().getFirst());
  }

  @Test
  void aFilesTensorsAreListed() throws IOException {
    Path model = InitModelCommandTest.model(folder);
    CommandRun run = info(model.resolve("embeddings/default/embeddings.safetensors"));
    assertEquals(0, run.code());
    says(run, "F32", "333x24");
    assertEquals("2 tensors, 8,004 parameters in F32, 0.03 MB", run.out().getLast());
  }

  @Test
  void whatIsBrokenOrNotThereIsOneLine() throws IOException {
    Path broken = Files.write(folder.resolve("a.safetensors"), new byte[20]);
    refused(broken + ": ", info(broken));
    refused("absent: no such file", info(folder.resolve("absent")));
    refused(folder + ": not a model: transformer/config.json is not there", info(folder));
    refused("not a file of weights by its name", info(Files.writeString(folder.resolve("a.txt"), "a")));
  }

  private static void refused(String why, CommandRun run) {
    assertEquals(2, run.code());
    assertEquals(1, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: ") && run.err().getFirst().contains(why),
        run.err().getFirst());
  }
}
