package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * DISTS, the distance of structure and texture (Ding et al.: "Image Quality Assessment: Unifying Structure and Texture
 * Similarity", 2020): 1 - sum over channels c of (alpha_c l_c + beta_c s_c) / sum (alpha + beta), with
 *
 * <p>l = (2 mean_x mean_y + 1e-6) / (mean_x^2 + mean_y^2 + 1e-6), s = (2 cov_xy + 1e-6) / (var_x + var_y + 1e-6),
 *
 * <p>means, variances and covariance over the positions of a channel. The channels are those of the picture itself in [0,1]
 * and of the five stages of VGG16, in which a Hann window takes the place of the largest value.
 */
public final class Dists implements PerceptualLoss {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
  private static final double C = 1e-6;

  private final ConvFeatures features;
  private final Tensor alpha;
  private final Tensor beta;

  /**
   * @param weights torchvision's VGG16 and {@code alpha} and {@code beta} (1,1475,1,1); they must outlive this
   * @throws io.github.tsdsr.tensor.WeightsException if one is missing or has another shape
   */
  public Dists(Weights weights) {
    features = new ConvFeatures(FeatureNetwork.VGG16, new HannPooling(), weights);
    long channels = 3 + FeatureNetwork.VGG16.channels().stream().mapToInt(Integer::intValue).sum();
    alpha = weights.get("alpha", 1, channels, 1, 1);
    beta = weights.get("beta", 1, channels, 1, 1);
  }

  /** What one stage's channels add to the similarity, (N,1,1,1) each. */
  record Similarity(Var luminance, Var structure) {}

  /**
   * {@inheritDoc}
   *
   * @return (1,1,1,1)
   * @throws IllegalArgumentException if the shapes differ
   */
  @Override
  public Var apply(Tape tape, Var image, Var target) {
    return tape.scoped(() -> {
      Var sum = null;
      for (Similarity s : stages(tape, image, target)) {
        Var both = Arithmetic.add(tape, s.luminance, s.structure);
        sum = sum == null ? both : Arithmetic.add(tape, sum, both);
      }
      return Losses.mean(tape, Affine.apply(tape, sum, -1, 1));
    });
  }

  /** The similarity by stage, the picture itself first. */
  List<Similarity> stages(Tape tape, Var image, Var target) {
    PicturePair.check("DISTS", 1, image, target);
    List<Var> parts = tape.scopedAll(() -> {
      List<Var> a = features(tape, image);
      List<Var> b = features(tape, target);
      Var all = Arithmetic.add(
          tape, Reductions.sum(tape, tape.leaf(alpha), 1), Reductions.sum(tape, tape.leaf(beta), 1));
      List<Var> out = new ArrayList<>();
      long from = 0;
      for (int i = 0; i < a.size(); i++) {
        long to = from + a.get(i).size(3);
        Var x = a.get(i);
        Var y = b.get(i);
        Var ofLuminance = Arithmetic.div(tape, share(tape, alpha, from, to), all);
        Var ofStructure = Arithmetic.div(tape, share(tape, beta, from, to), all);
        out.addAll(tape.scopedAll(() -> similarity(tape, x, y, ofLuminance, ofStructure)));
        from = to;
      }
      return out;
    });
    List<Similarity> stages = new ArrayList<>();
    for (int i = 0; i < parts.size(); i += 2) {
      stages.add(new Similarity(parts.get(i), parts.get(i + 1)));
    }
    return stages;
  }

  private List<Var> features(Tape tape, Var image) {
    Var picture = Affine.apply(tape, image, 0.5, 0.5);
    Var mean = tape.leaf(Values.tensor(tape.scope(), image.dtype(), MEAN, 3));
    Var deviation = tape.leaf(Values.tensor(tape.scope(), image.dtype(), DEVIATION, 3));
    List<Var> all = new ArrayList<>(List.of(picture));
    all.addAll(features.apply(tape, Arithmetic.div(tape, Arithmetic.sub(tape, picture, mean), deviation)));
    return all;
  }

  /** A stage's weights as (1,1,1,C). */
  private static Var share(Tape tape, Tensor weights, long from, long to) {
    return View.permute(tape, View.slice(tape, tape.leaf(weights), 1, from, to), 0, 2, 3, 1);
  }

  private static List<Var> similarity(Tape tape, Var x, Var y, Var ofLuminance, Var ofStructure) {
    Var meanX = Reductions.mean(tape, x, 1, 2);
    Var meanY = Reductions.mean(tape, y, 1, 2);
    Var apartX = Arithmetic.sub(tape, x, meanX);
    Var apartY = Arithmetic.sub(tape, y, meanY);
    Var luminance = ratio(tape, Arithmetic.mul(tape, meanX, meanY), square(tape, meanX), square(tape, meanY));
    Var structure = ratio(
        tape, Reductions.mean(tape, Arithmetic.mul(tape, apartX, apartY), 1, 2),
        Reductions.mean(tape, square(tape, apartX), 1, 2), Reductions.mean(tape, square(tape, apartY), 1, 2));
    return List.of(
        Reductions.sum(tape, Arithmetic.mul(tape, luminance, ofLuminance), 3),
        Reductions.sum(tape, Arithmetic.mul(tape, structure, ofStructure), 3));
  }

  private static Var square(Tape tape, Var x) {
    return Elementwise.apply(tape, Unary.Function.SQUARE, x);
  }

  /** (2 product + C) / (a + b + C). */
  private static Var ratio(Tape tape, Var product, Var a, Var b) {
    return Arithmetic.div(
        tape, Affine.apply(tape, product, 2, C), Affine.apply(tape, Arithmetic.add(tape, a, b), 1, C));
  }
}
