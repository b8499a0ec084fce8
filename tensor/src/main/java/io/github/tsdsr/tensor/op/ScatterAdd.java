package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * table[ids[i]] += rows[i], in the order of i: the gradient of {@link Gather}.
 *
 * @param rows (n, ...)
 * @param ids I64 (n)
 * @param table (R, ...), updated in place
 */
public record ScatterAdd(Tensor rows, Tensor ids, Tensor table) implements Primitive {
  public ScatterAdd {
    Gather.check("ScatterAdd", table, ids, rows);
    Checks.disjoint("ScatterAdd", table, rows, ids);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(rows, ids, table);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(table);
  }
}
