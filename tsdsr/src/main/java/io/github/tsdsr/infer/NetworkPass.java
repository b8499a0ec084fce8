package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.infer.tile.LatentTiles;
import io.github.tsdsr.infer.tile.TileBlend;
import io.github.tsdsr.infer.tile.TileWindow;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.sd3.NormRule;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The three stages of one step on plain arrays: a picture in [-1,1] becomes a latent, the latent loses its predicted
 * velocity, the result becomes a picture. Each stage runs whole or in tiles.
 */
final class NetworkPass {
  /** Most image tokens in one call of the transformer when tiles are put together in a batch. */
  private static final long TOKENS_A_CALL = 4096;

  private final Backend backend;
  private final OneStepModel model;
  private final DType dtype;
  private final Progress.Count progress;

  NetworkPass(Backend backend, OneStepModel model, DType dtype, Progress.Count progress) {
    this.backend = backend;
    this.model = model;
    this.dtype = dtype;
    this.progress = progress;
  }

  /** Takes a picture or latent through the autoencoder, whole or in tiles. */
  FloatPixels code(Coding coding, PixelSource in, VaeTiles tiles, VaeRule rule) {
    return rule.run(this, coding, in, tiles, model.vae());
  }

  /** Takes pieces through the autoencoder in step. */
  List<FloatPixels> code(Coding coding, List<FloatPixels> pieces, NormRule norms) {
    try (Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      List<Var> in = pieces.stream().map(p -> tape.leaf(tensor(scope, p))).toList();
      return coding.run(tape, model, in, norms).stream().map(v -> pixels(v.value(), 0)).toList();
    }
  }

  /** The predicted velocity of a latent, blended where it is tiled. */
  FloatPixels velocity(FloatPixels latent, LatentTiles tiles, Function<LatentTiles, TileWindow> window) {
    if (!tiles.tiled()) {
      FloatPixels whole = velocities(List.of(latent)).getFirst();
      progress.step();
      return whole;
    }
    TileBlend blend = new TileBlend(tiles, window.apply(tiles), latent.channels());
    int patch = model.transformer().config().patchSize();
    long tokens = (long) (tiles.tileWidth() / patch) * (tiles.tileHeight() / patch);
    int batch = (int) Math.max(1, TOKENS_A_CALL / Math.max(1, tokens));
    List<Rect> calls = tiles.calls();
    for (int from = 0; from < calls.size();) {
      List<Rect> some = calls.subList(from, Math.min(calls.size(), from + batch));
      List<FloatPixels> parts = some.stream().map(r -> latent.crop(r.x(), r.y(), r.width(), r.height())).toList();
      List<FloatPixels> predicted;
      try {
        predicted = velocities(parts);
      } catch (MemoryLimitException e) {
        if (some.size() == 1) {
          throw e;
        }
        // Fewer at a time give the same numbers.
        batch = some.size() / 2;
        continue;
      }
      for (int i = 0; i < some.size(); i++) {
        blend.add(some.get(i), predicted.get(i));
        progress.step();
      }
      from += some.size();
    }
    return blend.result();
  }

  private List<FloatPixels> velocities(List<FloatPixels> latents) {
    FloatPixels first = latents.getFirst();
    try (Scope scope = Scope.on(backend)) {
      int size = first.samples().length;
      float[] all = new float[Math.multiplyExact(size, latents.size())];
      for (int i = 0; i < latents.size(); i++) {
        System.arraycopy(latents.get(i).samples(), 0, all, i * size, size);
      }
      Tape tape = Tape.inference(scope);
      Tensor z = Values.tensor(scope, dtype, all, latents.size(), first.height(), first.width(), first.channels());
      Var v = model.transformer().velocity(tape, tape.leaf(z), model.condition(), model.transformerAdapters());
      List<FloatPixels> out = new ArrayList<>(latents.size());
      for (int i = 0; i < latents.size(); i++) {
        out.add(pixels(v.value(), i));
      }
      return out;
    }
  }

  void stepped() {
    progress.step();
  }

  private Tensor tensor(Scope scope, FloatPixels p) {
    return Values.tensor(scope, dtype, p.samples(), 1, p.height(), p.width(), p.channels());
  }

  private FloatPixels pixels(Tensor t, int sample) {
    Tensor one = t.select(0, sample);
    return new FloatPixels((int) one.size(1), (int) one.size(0), (int) one.size(2), Values.floats(backend, one));
  }
}
