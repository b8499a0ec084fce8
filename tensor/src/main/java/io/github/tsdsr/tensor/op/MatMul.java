package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * y = alpha a b + beta y over the last two axes: a (..., M, K), b (..., K, N), y (..., M, N). Leading axes of a and b are
 * broadcast to y's. A transposed operand is a permuted view. With beta 0 what y holds is not read.
 */
public record MatMul(Tensor a, Tensor b, Tensor y, double alpha, double beta) implements Primitive {
  public MatMul {
    Checks.floating("MatMul", a, b, y);
    Checks.that(a.rank() >= 2 && b.rank() >= 2 && y.rank() >= 2, "MatMul", "matrices", a, b, y);
    long m = y.size(-2);
    long n = y.size(-1);
    long k = a.size(-1);
    Checks.that(a.size(-2) == m && b.size(-2) == k && b.size(-1) == n, "MatMul", "a MxK, b KxN and y MxN", a, b, y);
    long[] batch = y.shape();
    batch[batch.length - 1] = k;
    a = a.broadcast(batch);
    long[] other = batch.clone();
    other[other.length - 2] = k;
    other[other.length - 1] = n;
    b = b.broadcast(other);
    Checks.disjoint("MatMul", y, a, b);
  }

  /** y = a b. */
  public MatMul(Tensor a, Tensor b, Tensor y) {
    this(a, b, y, 1, 0);
  }

  /** Rows of a matrix of the result. */
  public long m() {
    return y.size(-2);
  }

  /** Columns of a matrix of the result. */
  public long n() {
    return y.size(-1);
  }

  /** Length of the sums. */
  public long k() {
    return a.size(-1);
  }

  /** Sizes of the leading axes of the result. */
  public long[] batch() {
    return Arrays.copyOf(y.shape(), y.rank() - 2);
  }

  @Override
  public List<Tensor> inputs() {
    return beta == 0 ? List.of(a, b) : List.of(a, b, y);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }
}
