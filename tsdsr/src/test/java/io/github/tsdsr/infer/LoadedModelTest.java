package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import org.junit.jupiter.api.Test;

class LoadedModelTest {
  @Test
  void whatWasOpenedIsClosedWhenMemoryRunsOutInTheMiddle() {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE)) {
      UpscalerOptions options =
          UpscalerOptions.defaults().withModel(PipelineCase.model()).withLora(PipelineCase.model().resolve("lora"));
      // Asked before each network's adapters are merged: at the second the first one's weights are there.
      int[] asked = new int[1];
      assertThrows(OutOfMemoryError.class, () -> LoadedModel.open(backend, options, DType.F32, () -> {
        if (asked[0]++ == 0) {
          return Long.MAX_VALUE;
        }
        assertTrue(backend.memory().inUse() > 0);
        throw new OutOfMemoryError();
      }));
      assertEquals(0, backend.memory().inUse());
    }
  }
}
