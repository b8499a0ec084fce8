package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.ActivationGrad;
import io.github.tsdsr.tensor.op.AdamW;
import io.github.tsdsr.tensor.op.GatedResidual;
import io.github.tsdsr.tensor.op.Unary;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Element-wise operations of several operands in one pass: activations backward, gated residuals, AdamW. */
final class FusedLoops {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();

  private FusedLoops() {}

  private static boolean isFloat(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t.dtype() != DType.F32) {
        return false;
      }
    }
    return true;
  }

  private static boolean dense(Strided loop, int operands) {
    for (int i = 0; i < operands; i++) {
      if (loop.step(i) != 4) {
        return false;
      }
    }
    return true;
  }

  private static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE);
  }

  private static FloatVector load(long at, VectorMask<Float> m) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE, m);
  }

  /** Runs the operation unless its operands or its function are others than this is for. */
  static boolean run(ActivationGrad op, WorkerPool pool) {
    boolean known = op.f() == Unary.Function.SILU || op.f() == Unary.Function.GELU_TANH;
    if (!known || !isFloat(op.x(), op.dy(), op.dx())) {
      return false;
    }
    Strided loop = Strided.of(op.x(), op.dy(), op.dx());
    if (!dense(loop, 3)) {
      return false;
    }
    if (op.f() == Unary.Function.SILU) {
      loop.run(pool, (at, n) -> siluGrad(at[0], at[1], at[2], n));
    } else {
      loop.run(pool, (at, n) -> geluGrad(at[0], at[1], at[2], n));
    }
    return true;
  }

  private static void siluGrad(long px, long pdy, long pdx, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(pdy + 4L * i).mul(siluSlope(load(px + 4L * i))).intoMemorySegment(ALL, pdx + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      load(pdy + 4L * i, m).mul(siluSlope(load(px + 4L * i, m))).intoMemorySegment(ALL, pdx + 4L * i, LE, m);
    }
  }

  private static FloatVector siluSlope(FloatVector x) {
    return VectorMath.gatedSlope(x, x, FloatVector.broadcast(S, 1f));
  }

  private static void geluGrad(long px, long pdy, long pdx, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(pdy + 4L * i).mul(geluSlope(load(px + 4L * i))).intoMemorySegment(ALL, pdx + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      load(pdy + 4L * i, m).mul(geluSlope(load(px + 4L * i, m))).intoMemorySegment(ALL, pdx + 4L * i, LE, m);
    }
  }

  /** y = x sigmoid(2u), see {@link VectorMath#geluArgument}; the slope of 2u is 2 u'. */
  private static FloatVector geluSlope(FloatVector unbounded) {
    FloatVector x = unbounded.max(-100f).min(100f);
    FloatVector c = FloatVector.broadcast(S, 2 * 0.7978845608f);
    FloatVector slope = x.mul(x).fma(FloatVector.broadcast(S, 2 * 3 * 0.0356774081f), c);
    return VectorMath.gatedSlope(x, VectorMath.geluArgument(x).mul(2f), slope);
  }

  /** Runs the operation unless its operands are others than this is for. */
  static boolean run(GatedResidual op, WorkerPool pool) {
    if (!isFloat(op.x(), op.gate(), op.y(), op.z())) {
      return false;
    }
    Strided loop = Strided.of(op.x(), op.gate().broadcast(op.x().shape()), op.y(), op.z());
    if (!dense(loop, 4)) {
      return false;
    }
    loop.run(pool, (at, n) -> {
      for (int i = 0; i < n; i += L) {
        VectorMask<Float> m = S.indexInRange(i, n);
        long o = 4L * i;
        load(at[1] + o, m).fma(load(at[2] + o, m), load(at[0] + o, m)).intoMemorySegment(ALL, at[3] + o, LE, m);
      }
    });
    return true;
  }

  /** Runs the operation unless its operands are others than this is for. */
  static boolean run(AdamW op, WorkerPool pool) {
    if (!isFloat(op.parameter(), op.gradient(), op.first(), op.second())) {
      return false;
    }
    Strided loop = Strided.of(op.parameter(), op.gradient(), op.first(), op.second());
    long[] steps = {loop.step(0), loop.step(1), loop.step(2), loop.step(3)};
    double unbias1 = 1 / (1 - Math.pow(op.beta1(), op.step()));
    double unbias2 = 1 / (1 - Math.pow(op.beta2(), op.step()));
    double keep = 1 - op.rate() * op.decay();
    // Roots and divisions in double: this is bound by memory anyway, and equal on every machine.
    loop.run(pool, (at, n) -> {
      for (int i = 0; i < n; i++) {
        long p = at[0] + i * steps[0];
        long m = at[2] + i * steps[2];
        long v = at[3] + i * steps[3];
        double g = op.factor() * get(at[1] + i * steps[1]);
        float first = (float) (op.beta1() * get(m) + (1 - op.beta1()) * g);
        float second = (float) (op.beta2() * get(v) + (1 - op.beta2()) * g * g);
        set(m, first);
        set(v, second);
        double update = op.rate() * unbias1 * first / (Math.sqrt(unbias2 * second) + op.eps());
        set(p, (float) (keep * get(p) - update));
      }
    });
    return true;
  }
}
