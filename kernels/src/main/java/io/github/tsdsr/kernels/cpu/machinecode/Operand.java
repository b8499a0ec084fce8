package io.github.tsdsr.kernels.cpu.machinecode;

/** The right-hand operand of an instruction on vectors. */
public sealed interface Operand {
  /** One of the 32 vector registers. */
  record Vector(int number) implements Operand {}

  /**
   * The memory at base + index scale + displacement.
   *
   * @param index null for none
   * @param scale 1, 2, 4 or 8
   */
  record Memory(Register base, Register index, int scale, int displacement) implements Operand {}

  /** One float in memory, read into every lane. */
  record Spread(Memory at) implements Operand {}

  /** A float that the assembler puts behind the code, read into every lane. */
  record Constant(int bits) implements Operand {}

  static Vector vector(int number) {
    return new Vector(number);
  }

  static Memory at(Register base, int displacement) {
    return new Memory(base, null, 1, displacement);
  }

  static Memory at(Register base, Register index, int scale, int displacement) {
    return new Memory(base, index, scale, displacement);
  }

  static Spread spread(Memory at) {
    return new Spread(at);
  }

  static Constant constant(float value) {
    return new Constant(Float.floatToRawIntBits(value));
  }

  static Constant constant(int bits) {
    return new Constant(bits);
  }
}
