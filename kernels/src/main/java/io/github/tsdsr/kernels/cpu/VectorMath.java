package io.github.tsdsr.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The functions that need more than one instruction, on vectors, to a few units in the last place. */
final class VectorMath {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final FloatVector LOG2_E = FloatVector.broadcast(S, 1.44269504f);
  /** Adding it leaves the nearest integer in the lowest bits: 1.5 * 2^23. */
  private static final FloatVector MAGIC = FloatVector.broadcast(S, 12582912f);
  private static final FloatVector LN2_HIGH = FloatVector.broadcast(S, -0.693359375f);
  private static final FloatVector LN2_LOW = FloatVector.broadcast(S, 2.12194440e-4f);
  private static final float LEAST = -87.3f;
  private static final float MOST = 89f;
  private static final float TANH_LINEAR = 0.4f;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private VectorMath() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(S, i -> (i + lanes) % S.length());
  }

  /**
   * The sum of all lanes, always in the same order: that of {@code reduceLanes} changes when the compiler takes over from the
   * interpreter.
   */
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (S.length() > 8) {
      s = s.add(s.rearrange(BY_8));
    }
    if (S.length() > 4) {
      s = s.add(s.rearrange(BY_4));
    }
    if (S.length() > 2) {
      s = s.add(s.rearrange(BY_2));
    }
    return s.add(s.rearrange(BY_1)).lane(0);
  }

  /** The greater one, x if that is no number. Java's max, which orders zeros and passes every NaN on, takes seven instructions. */
  static FloatVector atLeast(FloatVector x, float least) {
    return x.blend(least, x.compare(LT, least));
  }

  private static FloatVector atMost(FloatVector x, float most) {
    return x.blend(most, x.compare(GT, most));
  }

  /** The greater of each pair, a where one is no number. */
  static FloatVector greater(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(GT, a));
  }

  /** exp(x): 0 below -87, infinity above 88.73. */
  static FloatVector exp(FloatVector x) {
    FloatVector z = atMost(atLeast(x, LEAST), MOST);
    FloatVector t = z.fma(LOG2_E, MAGIC);
    FloatVector n = t.sub(MAGIC);
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, z));
    FloatVector p = FloatVector.broadcast(S, 1.9875691500e-4f);
    p = p.fma(r, FloatVector.broadcast(S, 1.3981999507e-3f));
    p = p.fma(r, FloatVector.broadcast(S, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(S, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(S, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(S, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1f));
    // 2^(n-1), put together from its exponent: n reaches 128, where 2^n does not fit. NaN stays in p.
    FloatVector half = t.reinterpretAsInts().add(126).lanewise(LSHL, 23).reinterpretAsFloats();
    return p.add(p).mul(half);
  }

  /** 1 / (1 + exp(-x)). */
  static FloatVector sigmoid(FloatVector x) {
    return FloatVector.broadcast(S, 1f).div(exp(x.neg()).add(1f));
  }

  /** tanh(x): an odd polynomial near zero, where 1 - 2 / (exp(2x) + 1) would lose digits. */
  static FloatVector tanh(FloatVector x) {
    FloatVector q = x.mul(x);
    FloatVector p = FloatVector.broadcast(S, -1382f / 155925f);
    p = p.fma(q, FloatVector.broadcast(S, 62f / 2835f));
    p = p.fma(q, FloatVector.broadcast(S, -17f / 315f));
    p = p.fma(q, FloatVector.broadcast(S, 2f / 15f));
    p = p.fma(q, FloatVector.broadcast(S, -1f / 3f));
    FloatVector near = p.mul(q).fma(x, x);
    FloatVector far = FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(exp(x.add(x)).add(1f)));
    return far.blend(near, x.abs().compare(LT, TANH_LINEAR));
  }

  /** u of tanh-GELU: 0.5 x (1 + tanh(u)) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3). */
  static FloatVector geluArgument(FloatVector x) {
    FloatVector c = FloatVector.broadcast(S, 0.7978845608f);
    return x.mul(x.mul(x).fma(FloatVector.broadcast(S, 0.0356774081f), c));
  }

  /**
   * The derivative of x sigmoid(z) with respect to x, where z is a function of x with slope {@code slope}: g + x slope g (1 -
   * g), g = sigmoid(z). 1 - g is computed as exp(-z) g: the difference would lose all digits for large z.
   */
  static FloatVector gatedSlope(FloatVector x, FloatVector z, FloatVector slope) {
    FloatVector e = exp(z.neg().min(88f));
    FloatVector g = FloatVector.broadcast(S, 1f).div(e.add(1f));
    return x.mul(slope).mul(g).mul(e.mul(g)).add(g);
  }
}
