package io.github.tsdsr.train.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.tsd.TinyDistillation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Files as the published program writes them: golden section 1, models/tiny/lora. */
final class TrainedAdaptersTest {
  private void check(String file, LoraTargets targets, WeightPlan network) throws IOException {
    Path path = GoldenFiles.path("models/tiny/lora/" + file);
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE);
        Scope scope = Scope.on(backend);
        SafetensorsFile golden = SafetensorsFile.open(path)) {
      TrainedAdapters adapters = TrainedAdapters.of(
          scope, "role.", targets, network, new LoraSettings(4, 4, Optional.of(path)), 1);
      assertEquals(golden.names().size(), adapters.parameters().size());
      adapters.parameters().forEach(p -> assertArrayEquals(
          Values.floats(backend, golden.find(p.name().substring("role.".length())).orElseThrow()),
          Values.floats(backend, p.value()), p.name()));
      // New ones are on the same modules.
      TrainedAdapters fresh =
          TrainedAdapters.of(scope, "role.", targets, network, new LoraSettings(4, 4, Optional.empty()), 1);
      Set<String> names = new TreeSet<>(fresh.names());
      assertEquals(names, new TreeSet<>(adapters.names()));
    }
  }

  @Test
  void publishedFilesAreTakenElementByElement() throws Exception {
    WeightPlan transformer = WeightPlan.of(TinyDistillation.TRANSFORMER);
    check(TrainedAdapters.TRANSFORMER, LoraTargets.STUDENT, transformer);
    check(TrainedAdapters.LORA_MODEL, LoraTargets.LORA_MODEL, transformer);
    check(TrainedAdapters.ENCODER, LoraTargets.ENCODER, WeightPlan.of(TinyDistillation.VAE));
  }
}
