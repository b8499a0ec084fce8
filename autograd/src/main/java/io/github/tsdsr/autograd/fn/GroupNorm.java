package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import java.util.List;

/** Group norm of pictures, optionally followed by SiLU. */
public final class GroupNorm {
  private GroupNorm() {}

  /**
   * @param x (N,H,W,C)
   * @param weight (C)
   * @param bias (C)
   * @return as x
   */
  public static Var apply(Tape tape, Var x, Var weight, Var bias, int groups, double eps, boolean silu) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    Tensor statistics = tape.empty(x.dtype().accumulator(), x.size(0), groups, 2);
    tape.run(new io.github.tsdsr.tensor.op.GroupNorm(
        x.value(), weight.value(), bias.value(), groups, eps, silu, y, statistics));
    return tape.record(y, new Back(x.value(), weight.value(), bias.value(), statistics, silu), x, weight, bias);
  }

  private record Back(Tensor x, Tensor weight, Tensor bias, Tensor statistics, boolean silu) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, weight, bias, statistics);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Tensor dx = into.wants(0) ? into.empty(x.shape()) : null;
      Tensor dweight = into.wants(1) ? into.empty(weight.shape()) : null;
      Tensor dbias = into.wants(2) ? into.empty(bias.shape()) : null;
      int groups = (int) statistics.size(1);
      into.run(new GroupNormGrad(x, weight, bias, groups, silu, statistics, dy, dx, dweight, dbias));
      into.add(0, dx);
      into.add(1, dweight);
      into.add(2, dbias);
    }
  }
}
