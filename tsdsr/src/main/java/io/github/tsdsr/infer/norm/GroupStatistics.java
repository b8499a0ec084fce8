package io.github.tsdsr.infer.norm;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.nn.GroupNorm;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.GroupNormApply;

/**
 * Mean and 1 / sqrt(variance + eps) of each sample and group, sample by sample, group by group, two numbers each.
 *
 * @param samples how many samples
 * @param groups how many groups
 * @param values samples * groups * 2 numbers
 */
record GroupStatistics(int samples, int groups, double[] values) {
  /** Those of one picture. */
  static GroupStatistics of(Tape tape, GroupNorm norm, Var x) {
    try (Scope s = tape.scope().inner()) {
      Tensor y = s.empty(x.dtype(), x.shape());
      int samples = (int) x.size(0);
      Tensor statistics = s.empty(accumulator(x), samples, norm.groups(), 2);
      tape.run(new io.github.tsdsr.tensor.op.GroupNorm(
          x.value(), norm.weight(), norm.bias(), norm.groups(), norm.eps(), false, y, statistics));
      return new GroupStatistics(samples, norm.groups(), Values.doubles(s.backend(), statistics));
    }
  }

  private static DType accumulator(Var x) {
    return x.dtype().accumulator();
  }

  double mean(int at) {
    return values[2 * at];
  }

  double variance(int at, double eps) {
    return 1 / (values[2 * at + 1] * values[2 * at + 1]) - eps;
  }

  /**
   * Normalises a picture with these.
   *
   * @throws IllegalStateException if gradients are wanted: this is for inference only
   */
  Var apply(Tape tape, GroupNorm norm, Var x, boolean silu) {
    if (tape.records(x)) {
      throw new IllegalStateException("group norms with statistics from elsewhere have no backward pass");
    }
    Tensor y = tape.empty(x.dtype(), x.shape());
    try (Scope s = tape.scope().inner()) {
      Tensor statistics = Values.tensor(s, accumulator(x), values, samples, groups, 2);
      tape.run(new GroupNormApply(x.value(), norm.weight(), norm.bias(), statistics, silu, y));
    }
    return tape.record(y, null, x);
  }
}
