package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.UnitNormalize;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/**
 * A perceptual distance for those who have no file for {@link Lpips}: in the features of a model's own encoder, frozen and
 * without adapters. With u the features after the last resnet of a level as directions along the channels,
 *
 * <p>d(a, b) = mean over the levels of the mean over positions of |u_a - u_b|^2, between 0 and 4.
 *
 * <p>It is not LPIPS: the encoder has learned to keep pictures, not to tell objects, and no weights of people's judgement
 * stand between its channels. Values of the two cannot be compared, and reports must name which one they show.
 */
public final class EncoderFeatures implements PerceptualLoss {
  private static final double EPS = 1e-10;

  private final Vae vae;

  /**
   * @param vae must outlive this
   */
  public EncoderFeatures(Vae vae) {
    this.vae = vae;
  }

  /**
   * {@inheritDoc}
   *
   * @return (1,1,1,1)
   * @throws IllegalArgumentException if the shapes differ or a side is shorter than the autoencoder's factor
   */
  @Override
  public Var apply(Tape tape, Var image, Var target) {
    PicturePair.check("the distance in the encoder's features", vae.config().factor(), image, target);
    return tape.scoped(() -> {
      List<Var> a = vae.encoderFeatures(tape, image, Adapters.NONE);
      List<Var> b = vae.encoderFeatures(tape, target, Adapters.NONE);
      Var sum = null;
      for (int i = 0; i < a.size(); i++) {
        int level = i;
        Var distance = tape.scoped(() -> distance(tape, a.get(level), b.get(level)));
        sum = sum == null ? distance : Arithmetic.add(tape, sum, distance);
      }
      return Affine.apply(tape, sum, 1.0 / a.size(), 0);
    });
  }

  private static Var distance(Tape tape, Var a, Var b) {
    Var apart = Arithmetic.sub(tape, UnitNormalize.apply(tape, a, EPS), UnitNormalize.apply(tape, b, EPS));
    return Losses.mean(tape, Reductions.sum(tape, Elementwise.apply(tape, Unary.Function.SQUARE, apart), -1));
  }
}
