package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;

/** An operand as it is written. */
sealed interface Operand {
  /**
   * A declared register.
   *
   * @param slot its number among the kernel's registers
   */
  record Register(int slot, PtxType type, String name) implements Operand {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A number, as text: what it means depends on the instruction's type. */
  record Number(String text) implements Operand {
    @Override
    public String toString() {
      return text;
    }
  }

  /** A special register such as %tid.x. */
  record Special(SpecialRegister register) implements Operand {}

  /** The name of a label, a parameter or a shared variable. */
  record Symbol(String name) implements Operand {}

  /** [base + offset]: base is a register or a symbol. */
  record Address(Operand base, long offset) implements Operand {}

  /** {a, b, ...}. */
  record Vector(List<Operand> elements) implements Operand {}

  /** d|p: the two results of a shuffle. */
  record Pair(Register first, Register second) implements Operand {}
}
