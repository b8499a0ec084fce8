package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.constant;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;

import io.github.tsdsr.kernels.cpu.machinecode.Assembler;
import io.github.tsdsr.kernels.cpu.machinecode.Assembler.Condition;
import io.github.tsdsr.kernels.cpu.machinecode.Label;
import io.github.tsdsr.kernels.cpu.machinecode.Mask;
import io.github.tsdsr.kernels.cpu.machinecode.Register;
import java.util.function.Consumer;

/**
 * What functions in machine code have in common: loops over vectors, sums of lanes, and {@link VectorMath}'s functions to the
 * last bit. They use the registers 20 to 31 for constants and 10 to 14 for what lies between.
 */
final class VectorCode {
  static final int LANES = 16;
  /** Bytes of a vector. */
  static final int BYTES = 64;

  private static final int LEAST = 20;
  private static final int MOST = 21;
  private static final int LOG2_E = 22;
  private static final int MAGIC = 23;
  private static final int LN2_HIGH = 24;
  private static final int LN2_LOW = 25;
  private static final int ONE = 26;
  private static final float[] POLYNOMIAL = {
    1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
  private static final int FIRST_TEMPORARY = 10;

  private VectorCode() {}

  /**
   * A loop over as many floats as a register says, which is counted down. The body is written twice, for whole vectors and,
   * with k1, for what is left; it moves its addresses on itself. Uses rax.
   */
  static void overVectors(Assembler code, Register left, Consumer<Mask> body) {
    Label rest = new Label();
    Label done = new Label();
    Label next = code.here();
    code.cmp(left, LANES);
    code.jump(Condition.LESS, rest);
    body.accept(Mask.ALL);
    code.sub(left, LANES);
    code.jump(Condition.ALWAYS, next);
    code.bind(rest);
    code.cmp(left, 0);
    code.jump(Condition.NOT_GREATER, done);
    code.mov(RAX, -1);
    code.bzhi(RAX, RAX, left);
    code.kmovw(Mask.K1, RAX);
    body.accept(Mask.K1);
    code.bind(done);
  }

  /** The sum of all lanes, in the lowest lane at least, as {@link VectorMath#sum} orders it. */
  static void sumLanes(Assembler code, int sum, int spare) {
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
      code.valignd(spare, sum, sum, distance);
      code.vaddps(sum, sum, vector(spare));
    }
  }

  /** Loads what {@link #exp} needs. */
  static void constants(Assembler code) {
    code.vbroadcastss(LEAST, constant(-87.3f));
    code.vbroadcastss(MOST, constant(89f));
    code.vbroadcastss(LOG2_E, constant(1.44269504f));
    code.vbroadcastss(MAGIC, constant(12582912f));
    code.vbroadcastss(LN2_HIGH, constant(-0.693359375f));
    code.vbroadcastss(LN2_LOW, constant(2.12194440e-4f));
    code.vbroadcastss(ONE, constant(1f));
  }

  /** x = exp(x), see {@link VectorMath#exp}. */
  static void exp(Assembler code, int x) {
    int t = FIRST_TEMPORARY;
    int n = t + 1;
    int r = t + 2;
    int p = t + 3;
    // Of two operands of which one is no number the second is taken: x.
    code.vmaxps(x, LEAST, vector(x));
    code.vminps(x, MOST, vector(x));
    code.vmovaps(t, x);
    code.vfmadd213ps(t, LOG2_E, vector(MAGIC));
    code.vsubps(n, t, vector(MAGIC));
    code.vmovaps(r, x);
    code.vfmadd231ps(r, n, vector(LN2_HIGH));
    code.vfmadd231ps(r, n, vector(LN2_LOW));
    code.vbroadcastss(p, constant(POLYNOMIAL[0]));
    for (int i = 1; i < POLYNOMIAL.length; i++) {
      code.vfmadd213ps(p, r, constant(POLYNOMIAL[i]));
    }
    code.vmulps(n, r, vector(r));
    code.vaddps(r, r, vector(ONE));
    code.vfmadd213ps(p, n, vector(r));
    code.vpaddd(t, t, constant(126));
    code.vpslld(t, t, 23);
    code.vaddps(p, p, vector(p));
    code.vmulps(x, p, vector(t));
  }

  /** x = x / (1 + exp(-x)). */
  static void silu(Assembler code, int x) {
    int e = FIRST_TEMPORARY + 4;
    code.vpxord(e, x, constant(0x80000000));
    gated(code, x, e);
  }

  /** x = x / (1 + exp(-2u)), see {@link VectorMath#geluArgument}. */
  static void gelu(Assembler code, int x) {
    int e = FIRST_TEMPORARY + 4;
    int c = FIRST_TEMPORARY;
    code.vmulps(e, x, vector(x));
    code.vbroadcastss(c, constant(0.7978845608f));
    code.vfmadd231ps(c, e, constant(0.0356774081f));
    code.vmulps(e, x, vector(c));
    code.vmulps(e, e, constant(-2f));
    gated(code, x, e);
  }

  /** x = x / (1 + exp(e)). */
  private static void gated(Assembler code, int x, int e) {
    exp(code, e);
    code.vaddps(e, e, vector(ONE));
    code.vdivps(x, x, vector(e));
  }
}
