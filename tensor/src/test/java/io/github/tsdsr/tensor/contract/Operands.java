package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Random;

/**
 * Makes the tensors of one case on one backend. Asked for the same things in the same order, it makes the same numbers on
 * every backend: rounded to the narrow type first, then kept in it or, for the oracle, widened to F64.
 */
public final class Operands {
  private final Scope scope;
  private final boolean widen;
  private final Random random = new Random(20260101);

  /**
   * @param widen keep everything in F64
   */
  public Operands(Scope scope, boolean widen) {
    this.scope = scope;
    this.widen = widen;
  }

  private Tensor values(DType dtype, double[] values, long... shape) {
    Backend backend = scope.backend();
    if (!widen) {
      return Values.tensor(scope, dtype, values, shape);
    }
    try (Scope inner = scope.inner()) {
      double[] rounded = Values.doubles(backend, Values.tensor(inner, dtype, values, shape));
      return Values.tensor(scope, DType.F64, rounded, shape);
    }
  }

  /** Normal numbers of a type. */
  public Tensor normal(DType dtype, long... shape) {
    return around(dtype, 0.0, 1.0, shape);
  }

  /** F32 normal numbers. */
  public Tensor normal(long... shape) {
    return normal(DType.F32, shape);
  }

  /** F32 normal numbers with a mean and a deviation. */
  public Tensor around(double mean, double deviation, long... shape) {
    return around(DType.F32, mean, deviation, shape);
  }

  private Tensor around(DType dtype, double mean, double deviation, long... shape) {
    double[] v = new double[count(shape)];
    for (int i = 0; i < v.length; i++) {
      v[i] = mean + deviation * random.nextGaussian();
    }
    return values(dtype, v, shape);
  }

  /** F32 numbers that are evenly spread between two limits. */
  public Tensor between(double low, double high, long... shape) {
    double[] v = new double[count(shape)];
    for (int i = 0; i < v.length; i++) {
      v[i] = low + (high - low) * random.nextDouble();
    }
    return values(DType.F32, v, shape);
  }

  /** An F32 tensor of given numbers. */
  public Tensor of(double... values) {
    return values(DType.F32, values, values.length);
  }

  /** A result: F32, filled with numbers that must be overwritten. */
  public Tensor out(long... shape) {
    double[] v = new double[count(shape)];
    java.util.Arrays.fill(v, 777);
    return values(DType.F32, v, shape);
  }

  /** A result of another type. */
  public Tensor out(DType dtype, long... shape) {
    return values(dtype, new double[count(shape)], shape);
  }

  /** I64 ids. */
  public Tensor ids(long... ids) {
    return Values.ids(scope, ids);
  }

  /** Runs an operation that prepares the case: a forward pass whose results a backward pass takes. */
  public void run(io.github.tsdsr.tensor.op.Op op) {
    scope.backend().run(op);
  }

  private static int count(long... shape) {
    long n = 1;
    for (long s : shape) {
      n *= s;
    }
    return Math.toIntExact(n);
  }
}
