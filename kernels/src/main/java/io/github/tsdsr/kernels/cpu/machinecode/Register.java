package io.github.tsdsr.kernels.cpu.machinecode;

/** The general registers of x86-64, in the order of their numbers. */
public enum Register {
  RAX,
  RCX,
  RDX,
  RBX,
  RSP,
  RBP,
  RSI,
  RDI,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15;

  /** The upper of the number's four bits, which a prefix holds. */
  int high() {
    return ordinal() >> 3;
  }

  /** The lower three. */
  int low() {
    return ordinal() & 7;
  }
}
