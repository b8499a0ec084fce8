package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;

/**
 * An instruction as it is written.
 *
 * @param line where it begins in the text, from 1
 * @param guard the predicate that decides whether a thread executes it; null if every one does
 * @param negated whether the guard must be false
 * @param opcode with all its modifiers, such as {@code ld.global.f32}
 */
record Instruction(
    int line, Operand.Register guard, boolean negated, String opcode, List<Operand> operands) {
  PtxException refuse(String reason) {
    return new PtxException("line " + line + ": " + reason);
  }

  /** The operand at a place that must be a register. */
  Operand.Register register(int i) {
    if (operands.get(i) instanceof Operand.Register r) {
      return r;
    }
    throw refuse("operand " + (i + 1) + " of " + opcode + " must be a register, got " + operands.get(i));
  }

  void expectOperands(int count) {
    if (operands.size() != count) {
      throw refuse(opcode + " takes " + count + " operands, got " + operands.size());
    }
  }
}
