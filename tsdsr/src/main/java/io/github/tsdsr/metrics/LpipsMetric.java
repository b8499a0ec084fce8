package io.github.tsdsr.metrics;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.perceptual.Lpips;
import io.github.tsdsr.train.perceptual.LpipsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@link Lpips} of whole pictures; lower is better. Which network's, its weights say. */
public final class LpipsMetric implements Metric, AutoCloseable {
  /** What people write to ask for it. */
  public static final String LABEL = "lpips";

  private final Backend backend;
  private final LpipsFiles files;
  private final BackendWeights weights;
  private final Lpips lpips;

  private LpipsMetric(Backend backend, LpipsFiles files) {
    this.backend = backend;
    this.files = files;
    weights = BackendWeights.on(backend, files);
    lpips = new Lpips(files.network(), weights);
  }

  /**
   * With weights from files, see {@link LpipsFiles}.
   *
   * @param backend computes; must outlive this
   * @throws io.github.tsdsr.io.FormatException if a file is not valid
   * @throws io.github.tsdsr.tensor.WeightsException if a tensor is missing or has another shape
   */
  public static LpipsMetric open(Backend backend, List<Path> paths) throws IOException {
    LpipsFiles files = LpipsFiles.open(paths);
    try {
      return new LpipsMetric(backend, files);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  @Override
  public String label() {
    return LABEL;
  }

  @Override
  public boolean needsTarget() {
    return true;
  }

  @Override
  public int decimals() {
    return 4;
  }

  @Override
  public double of(BytePixels picture, BytePixels target) {
    Pair.check(picture, target);
    try (Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      return Values.scalar(backend, lpips.apply(tape, signed(tape, picture), signed(tape, target)).value());
    }
  }

  /** (1,H,W,3) in [-1,1]. */
  private static Var signed(Tape tape, BytePixels picture) {
    byte[] samples = picture.samples();
    float[] x = new float[samples.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) ((samples[i] & 0xFF) / 127.5 - 1);
    }
    return tape.leaf(Values.tensor(tape.scope(), DType.F32, x, 1, picture.height(), picture.width(), 3));
  }

  @Override
  public void close() {
    weights.close();
    files.close();
  }
}
