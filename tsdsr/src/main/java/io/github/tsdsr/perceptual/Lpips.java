package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.UnitNormalize;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * LPIPS v0.1, the learned perceptual distance (Zhang et al.: "The Unreasonable Effectiveness of Deep Features as a
 * Perceptual Metric", 2018). With u = f / (|f| + 1e-10) the features of a stage as directions,
 *
 * <p>d(a, b) = sum over the stages of the mean over positions of sum_c lin_c (u_a - u_b)_c^2.
 *
 * <p>A batch's loss is the mean of its pictures' distances.
 */
public final class Lpips implements PerceptualLoss {
  /** What the package lpips takes from pictures in [-1,1] and then divides by: ImageNet's statistics, in F32 there too. */
  private static final float[] SHIFT = {-0.030f, -0.088f, -0.188f};
  private static final float[] SCALE = {0.458f, 0.448f, 0.450f};
  private static final double EPS = 1e-10;

  private final FeatureNetwork network;
  private final ConvFeatures features;
  private final List<Conv2d> lins = new ArrayList<>();

  /**
   * @param weights torchvision's {@code features.k.weight} and {@code .bias}, and the package lpips' {@code
   *     linj.model.1.weight} (1,C,1,1); they must outlive this; see {@link LpipsFiles}
   * @throws io.github.tsdsr.tensor.WeightsException if one is missing or has another shape
   */
  public Lpips(FeatureNetwork network, Weights weights) {
    this.network = network;
    features = new ConvFeatures(network, ConvFeatures.Pooling.MAX, weights);
    for (int channels : network.channels()) {
      String name = "lin" + lins.size() + ".model.1";
      Tensor lin = weights.get(name + ".weight", 1, channels, 1, 1);
      lins.add(new Conv2d(name, lin, null, ConvGeometry.square(1, 0)));
    }
  }

  /** Whose features are compared. */
  public FeatureNetwork network() {
    return network;
  }

  /**
   * {@inheritDoc}
   *
   * @return (1,1,1,1)
   * @throws IllegalArgumentException if the shapes differ or a side is shorter than {@link FeatureNetwork#smallestSide}
   */
  @Override
  public Var apply(Tape tape, Var image, Var target) {
    return tape.scoped(() -> Losses.mean(tape, distances(tape, image, target)));
  }

  /** The distance of each picture, (N,1,1,1): the sum of its {@link #stages}. */
  public Var distances(Tape tape, Var image, Var target) {
    return tape.scoped(
        () -> stages(tape, image, target).stream().reduce((a, b) -> Arithmetic.add(tape, a, b)).orElseThrow());
  }

  /** What each stage adds to the distance of each picture, (N,1,1,1) each. */
  public List<Var> stages(Tape tape, Var image, Var target) {
    PicturePair.check("LPIPS (" + network.title() + ")", network.smallestSide(), image, target);
    return tape.scopedAll(() -> {
      List<Var> a = features(tape, image);
      List<Var> b = features(tape, target);
      List<Var> out = new ArrayList<>();
      for (int i = 0; i < lins.size(); i++) {
        int stage = i;
        out.add(tape.scoped(() -> {
          Var apart = Arithmetic.sub(
              tape, UnitNormalize.apply(tape, a.get(stage), EPS), UnitNormalize.apply(tape, b.get(stage), EPS));
          Var squares = Elementwise.apply(tape, Unary.Function.SQUARE, apart);
          return Reductions.mean(tape, lins.get(stage).apply(tape, squares, Adapters.NONE), 1, 2);
        }));
      }
      return out;
    });
  }

  /**
   * The features that are compared, each stage's (N,H',W',C).
   *
   * @param image (N,H,W,3) in [-1,1]
   */
  List<Var> features(Tape tape, Var image) {
    return tape.scopedAll(() -> {
      Var shift = tape.leaf(Values.tensor(tape.scope(), image.dtype(), SHIFT, 3));
      Var scale = tape.leaf(Values.tensor(tape.scope(), image.dtype(), SCALE, 3));
      return features.apply(tape, Arithmetic.div(tape, Arithmetic.sub(tape, image, shift), scale));
    });
  }
}
