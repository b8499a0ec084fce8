package io.github.tsdsr.metrics;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.io.model.JoinedWeights;
import io.github.tsdsr.perceptual.Dists;
import io.github.tsdsr.perceptual.Lpips;
import io.github.tsdsr.perceptual.LpipsFiles;
import io.github.tsdsr.perceptual.PerceptualLoss;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A {@link PerceptualLoss} of whole pictures with weights from files; lower is better. */
public final class PerceptualMetric implements Metric, AutoCloseable {
  /** What people write to ask for {@link Lpips}. */
  public static final String LPIPS = "lpips";
  /** What people write to ask for {@link Dists}. */
  public static final String DISTS = "dists";

  private final String label;
  private final Backend backend;
  private final Runnable files;
  private final BackendWeights weights;
  private final PerceptualLoss loss;

  private PerceptualMetric(
      String label, Backend backend, Weights source, Runnable files, Function<Weights, PerceptualLoss> loss) {
    this.label = label;
    this.backend = backend;
    this.files = files;
    weights = BackendWeights.on(backend, source);
    try {
      this.loss = loss.apply(weights);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * LPIPS with the network that its weights are of, see {@link LpipsFiles}.
   *
   * @param backend computes; must outlive this
   * @throws io.github.tsdsr.io.FormatException if a file is not valid
   * @throws io.github.tsdsr.tensor.WeightsException if a tensor is missing or has another shape
   */
  public static PerceptualMetric lpips(Backend backend, List<Path> paths) throws IOException {
    LpipsFiles files = LpipsFiles.open(paths);
    return new PerceptualMetric(LPIPS, backend, files, files::close, w -> new Lpips(files.network(), w));
  }

  /**
   * DISTS with torchvision's VGG16 and the package's {@code alpha} and {@code beta}.
   *
   * @param backend computes; must outlive this
   * @throws io.github.tsdsr.io.FormatException if a file is not valid
   * @throws io.github.tsdsr.tensor.WeightsException if a tensor is missing or has another shape
   */
  public static PerceptualMetric dists(Backend backend, List<Path> paths) throws IOException {
    JoinedWeights files = JoinedWeights.open(paths);
    return new PerceptualMetric(DISTS, backend, files, files::close, Dists::new);
  }

  @Override
  public String label() {
    return label;
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
      return Values.scalar(backend, loss.apply(tape, signed(tape, picture), signed(tape, target)).value());
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
    files.run();
  }
}
