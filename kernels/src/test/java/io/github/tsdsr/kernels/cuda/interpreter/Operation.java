package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;

/**
 * What an instruction computes from registers into a register.
 *
 * @param result the destination's type
 * @param operands the sources' types, one to three
 */
record Operation(PtxType result, List<PtxType> operands, Compute compute) {
  /** From bits to bits; sources that there are not are 0. */
  interface Compute {
    long apply(long a, long b, long c);
  }

  static Operation of(PtxType result, Compute compute, PtxType... operands) {
    return new Operation(result, List.of(operands), compute);
  }
}
