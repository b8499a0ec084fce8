package io.github.tsdsr.kernels.cuda.interpreter;

import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.F32;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.F64;

import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Floating-point arithmetic, rounded to nearest even. Float operations are computed in double and rounded once more,
 * which gives the correctly rounded result for +, -, *, / and square roots (double has more than twice a float's
 * digits). Approximate instructions are rounded the same way.
 */
final class FloatOperations {
  private FloatOperations() {}

  static void addTo(Map<String, Operation> table) {
    binary(table, "add", (a, b) -> a + b);
    binary(table, "add.rn", (a, b) -> a + b);
    binary(table, "sub", (a, b) -> a - b);
    binary(table, "sub.rn", (a, b) -> a - b);
    binary(table, "mul", (a, b) -> a * b);
    binary(table, "mul.rn", (a, b) -> a * b);
    binary(table, "div.rn", (a, b) -> a / b);
    binary(table, "min", (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b));
    binary(table, "max", (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b));
    unary(table, "rcp.rn", a -> 1 / a);
    unary(table, "sqrt.rn", Math::sqrt);
    table.put("fma.rn.f32",
        Operation.of(F32, (a, b, c) -> bits(Math.fma(number(a), number(b), number(c))), F32, F32, F32));
    table.put("fma.rn.f64", Operation.of(F64, (a, b, c) -> Double.doubleToRawLongBits(
        Math.fma(Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(c))), F64, F64, F64));
    signs(table);
    binary32(table, "min.NaN", Math::min);
    binary32(table, "max.NaN", Math::max);
    binary32(table, "div.full", (a, b) -> a / b);
    binary32(table, "div.approx", (a, b) -> a / b);
    unary32(table, "rcp.approx", a -> 1 / a);
    unary32(table, "sqrt.approx", Math::sqrt);
    unary32(table, "rsqrt.approx", a -> 1 / Math.sqrt(a));
    unary32(table, "ex2.approx", a -> Math.pow(2, a));
    unary32(table, "lg2.approx", a -> Math.log(a) / Math.log(2));
  }

  /** The sign bit alone: a NaN keeps its bits. */
  private static void signs(Map<String, Operation> table) {
    table.put("neg.f32", Operation.of(F32, (a, b, c) -> a ^ 1L << 31, F32));
    table.put("abs.f32", Operation.of(F32, (a, b, c) -> a & ~(1L << 31), F32));
    table.put("neg.f64", Operation.of(F64, (a, b, c) -> a ^ 1L << 63, F64));
    table.put("abs.f64", Operation.of(F64, (a, b, c) -> a & ~(1L << 63), F64));
  }

  private static void binary(Map<String, Operation> table, String name, DoubleBinaryOperator f) {
    binary32(table, name, f);
    table.put(name + ".f64", Operation.of(F64, (a, b, c) -> Double.doubleToRawLongBits(
        f.applyAsDouble(Double.longBitsToDouble(a), Double.longBitsToDouble(b))), F64, F64));
  }

  private static void unary(Map<String, Operation> table, String name, DoubleUnaryOperator f) {
    unary32(table, name, f);
    table.put(name + ".f64", Operation.of(F64,
        (a, b, c) -> Double.doubleToRawLongBits(f.applyAsDouble(Double.longBitsToDouble(a))), F64));
  }

  private static void binary32(Map<String, Operation> table, String name, DoubleBinaryOperator f) {
    table.put(name + ".f32",
        Operation.of(F32, (a, b, c) -> bits((float) f.applyAsDouble(number(a), number(b))), F32, F32));
  }

  private static void unary32(Map<String, Operation> table, String name, DoubleUnaryOperator f) {
    table.put(name + ".f32", Operation.of(F32, (a, b, c) -> bits((float) f.applyAsDouble(number(a))), F32));
  }

  static float number(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  /** A result's bits; there is only one NaN, PTX's. */
  static long bits(float number) {
    return Float.isNaN(number) ? 0x7fffffffL : Integer.toUnsignedLong(Float.floatToRawIntBits(number));
  }
}
