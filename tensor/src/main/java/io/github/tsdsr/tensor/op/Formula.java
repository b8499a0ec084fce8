package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;

/**
 * Writes a computation by primitives as one writes a formula: each method runs one primitive and returns its result in a
 * new tensor of one type. For {@link Fused#byPrimitives} and other places where clarity goes before memory.
 */
public final class Formula {
  private final Backend backend;
  private final Scope scope;
  private final DType dtype;

  /**
   * @param scope owns the results
   * @param dtype their type
   */
  public Formula(Backend backend, Scope scope, DType dtype) {
    this.backend = backend;
    this.scope = scope;
    this.dtype = dtype;
  }

  /** f(x). */
  public Tensor apply(Unary.Function f, Tensor x) {
    return apply(f, 0, 0, x);
  }

  /** f(x) with the function's parameters. */
  public Tensor apply(Unary.Function f, double p, double q, Tensor x) {
    Tensor y = scope.empty(dtype, x.shape());
    backend.run(new Unary(f, p, q, x, y));
    return y;
  }

  /** scale x + shift. */
  public Tensor affine(Tensor x, double scale, double shift) {
    return apply(Unary.Function.AFFINE, scale, shift, x);
  }

  /** f(a, b), both broadcast to their common shape. */
  public Tensor apply(Binary.Function f, Tensor a, Tensor b) {
    Tensor y = scope.empty(dtype, common(a.shape(), b.shape()));
    backend.run(new Binary(f, a, b, y));
    return y;
  }

  public Tensor add(Tensor a, Tensor b) {
    return apply(Binary.Function.ADD, a, b);
  }

  public Tensor sub(Tensor a, Tensor b) {
    return apply(Binary.Function.SUB, a, b);
  }

  public Tensor mul(Tensor a, Tensor b) {
    return apply(Binary.Function.MUL, a, b);
  }

  public Tensor div(Tensor a, Tensor b) {
    return apply(Binary.Function.DIV, a, b);
  }

  /** f over the axes, which stay with size 1. */
  public Tensor reduce(Reduce.Function f, Tensor x, int... axes) {
    long[] shape = x.shape();
    for (int axis : axes) {
      shape[x.layout().axis(axis)] = 1;
    }
    Tensor y = scope.empty(dtype, shape);
    backend.run(new Reduce(f, x, y));
    return y;
  }

  public Tensor sum(Tensor x, int... axes) {
    return reduce(Reduce.Function.SUM, x, axes);
  }

  public Tensor mean(Tensor x, int... axes) {
    return reduce(Reduce.Function.MEAN, x, axes);
  }

  /** alpha a b over the last two axes; leading axes are broadcast. */
  public Tensor matmul(Tensor a, Tensor b, double alpha) {
    long[] x = a.shape();
    long[] y = b.shape();
    long m = x[x.length - 2];
    long n = y[y.length - 1];
    x[x.length - 2] = 1;
    x[x.length - 1] = 1;
    y[y.length - 2] = 1;
    y[y.length - 1] = 1;
    long[] shape = common(x, y);
    shape[shape.length - 2] = m;
    shape[shape.length - 1] = n;
    Tensor out = scope.empty(dtype, shape);
    backend.run(new MatMul(a, b, out, alpha, 0));
    return out;
  }

  /** A row-major copy. */
  public Tensor copy(Tensor x) {
    return scope.copy(x, dtype);
  }

  /** y = x, converted to y's type. */
  public void into(Tensor x, Tensor y) {
    backend.run(new Copy(x, y));
  }

  /**
   * y = the sum of x over the axes on which y (after adding leading axes) has size 1: what the gradient of a broadcast
   * operand is.
   */
  public void sumTo(Tensor x, Tensor y) {
    Tensor to = y;
    while (to.rank() < x.rank()) {
      to = to.unsqueeze(0);
    }
    backend.run(new Reduce(Reduce.Function.SUM, x, to));
  }

  private static long[] common(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] shape = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.length ? a[a.length - i] : 1;
      long y = i <= b.length ? b[b.length - i] : 1;
      shape[rank - i] = x == 1 ? y : x;
    }
    return shape;
  }
}
