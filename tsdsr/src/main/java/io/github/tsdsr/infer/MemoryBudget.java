package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.memory.CountingBackend;
import io.github.tsdsr.sd3.NormRule;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.Scope;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Decides in what pieces pictures go through the autoencoder: whole while that fits, else in the largest tiles that fit.
 *
 * @param bytes the most that tensors may take in all; asked for only where it matters
 * @param surely at least this many they may
 * @param threads of the backend
 */
public record MemoryBudget(LongSupplier bytes, long surely, int threads) {
  /** Sides of tiles, in picture pixels. */
  private static final List<Integer> SIDES =
      List.of(4096, 3072, 2048, 1536, 1024, 768, 512, 384, 256, 192, 128, 64);

  /** As much as there is. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(() -> Long.MAX_VALUE, Long.MAX_VALUE, 1);
  }

  /**
   * The side of a tile without its margin in which a picture or latent fits through the autoencoder.
   *
   * @param width of the picture, or of the latent
   * @param margin in the same pixels
   * @param inUse what tensors take already
   * @return in the same pixels; the longer side if the picture may go whole
   * @throws MemoryLimitException if not even the smallest tile fits
   */
  int tile(OneStepModel model, DType dtype, Coding coding, int width, int height, int margin, long inUse) {
    int longest = Math.max(width, height);
    long whole = need(model, dtype, coding, width, height);
    if (whole <= surely - inUse) {
      return longest;
    }
    long room = bytes.getAsLong() - inUse;
    if (whole <= room) {
      return longest;
    }
    int factor = coding.encodes() ? 1 : model.vae().config().factor();
    long smallest = whole;
    for (int side : SIDES) {
      int tile = side / factor;
      int read = tile + 2 * margin;
      if (read < longest) {
        smallest = need(model, dtype, coding, Math.min(width, read), Math.min(height, read));
        if (smallest <= room) {
          return tile;
        }
      }
    }
    throw new MemoryLimitException(
        "the autoencoder needs " + mebibytes(smallest) + " for a tile, but only " + mebibytes(Math.max(0, room))
            + " of " + mebibytes(bytes.getAsLong()) + " are left: allow more memory");
  }

  /** What a piece takes on its way, in bytes. */
  long need(OneStepModel model, DType dtype, Coding coding, int width, int height) {
    try (CountingBackend backend = new CountingBackend(threads); Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      VaeConfig vae = model.vae().config();
      int channels = coding.encodes() ? vae.inChannels() : vae.latentChannels();
      Var piece = tape.leaf(scope.empty(dtype, 1, height, width, channels));
      coding.run(tape, model, List.of(piece), NormRule.EACH);
      return backend.memory().peak();
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
