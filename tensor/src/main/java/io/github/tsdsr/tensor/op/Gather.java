package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y[i] = table[ids[i]], rows along axis 0.
 *
 * @param table (R, ...)
 * @param ids I64 (n); an id outside 0..R-1 is an IndexOutOfBoundsException when the operation runs
 * @param y (n, ...)
 */
public record Gather(Tensor table, Tensor ids, Tensor y) implements Primitive {
  public Gather {
    check("Gather", table, ids, y);
    Checks.disjoint("Gather", y, table, ids);
  }

  static void check(String op, Tensor table, Tensor ids, Tensor rows) {
    Checks.floating(op, table, rows);
    Checks.that(ids.dtype() == DType.I64 && ids.rank() == 1, op, "I64 ids of one axis", ids);
    long[] shape = table.shape();
    Checks.that(shape.length > 0, op, "a table of rows", table);
    shape[0] = ids.size(0);
    Checks.shape(op, "rows", rows, shape);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(table, ids);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }
}
