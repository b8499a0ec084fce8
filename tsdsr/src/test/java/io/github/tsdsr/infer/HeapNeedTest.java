package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryLimitException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HeapNeedTest {
  private static final UpscaleSettings PUBLISHED = UpscaleSettings.publishedDefaults();
  private static final UpscaleSettings OWN = PUBLISHED.withPublished(false);

  private static SizePlan plan(int width, int height) {
    return SizePlan.padded(new Pixels(width, height), new OutputSize.Scale(4), 16, 0);
  }

  private static VaeConfig builtIn() throws IOException {
    try (VectorBackend backend = new VectorBackend(1, Long.MAX_VALUE);
        LoadedModel model = LoadedModel.open(backend, UpscalerOptions.defaults(), DType.F32, () -> Long.MAX_VALUE)) {
      return model.model().vae().config();
    }
  }

  @Test
  void aPhotoOfTwelveMegapixelsFitsInSixGibibytes() throws IOException {
    VaeConfig vae = builtIn();
    assertDoesNotThrow(() -> HeapNeed.check(plan(4000, 3000), vae, OWN, 6L << 30));
    assertTrue(HeapNeed.bytes(plan(4000, 3000), vae, PUBLISHED) > HeapNeed.bytes(plan(4000, 3000), vae, OWN));
  }

  @Test
  void aPictureThatDoesNotFitIsToldWithWhatItNeeds() throws IOException {
    VaeConfig vae = builtIn();
    MemoryLimitException refused = assertThrows(
        MemoryLimitException.class, () -> HeapNeed.check(plan(4000, 3000), vae, OWN, 1L << 30));
    assertTrue(
        refused.getMessage().matches("a picture of 4000x3000 to 16000x12000 takes about 5\\d{3} MiB of Java heap, "
            + "which may have 1024: allow it more, by -Xmx6g"),
        refused.getMessage());
  }
}
