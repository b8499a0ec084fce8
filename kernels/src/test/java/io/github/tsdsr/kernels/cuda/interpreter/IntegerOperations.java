package io.github.tsdsr.kernels.cuda.interpreter;

import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.B16;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.B32;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.B64;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.PRED;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.S16;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.S32;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.S64;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.U16;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.U32;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.U64;

import io.github.tsdsr.kernels.cuda.interpreter.Operation.Compute;
import java.util.List;
import java.util.Map;

/** Integer arithmetic, logic and shifts. Division by zero throws ArithmeticException. */
final class IntegerOperations {
  private IntegerOperations() {}

  static void addTo(Map<String, Operation> table) {
    for (PtxType t : List.of(U16, S16, U32, S32, U64, S64)) {
      arithmetic(table, t);
    }
    for (PtxType t : List.of(S16, S32, S64)) {
      table.put("neg." + t.suffix(), Operation.of(t, (a, b, c) -> t.truncate(-a), t));
      table.put("abs." + t.suffix(), Operation.of(t, (a, b, c) -> t.truncate(Math.abs(t.integer(a))), t));
    }
    wide(table, U16, U32);
    wide(table, S16, S32);
    wide(table, U32, U64);
    wide(table, S32, S64);
    for (PtxType t : List.of(PRED, B16, B32, B64)) {
      binary(table, "and", t, (a, b, c) -> a & b);
      binary(table, "or", t, (a, b, c) -> a | b);
      binary(table, "xor", t, (a, b, c) -> a ^ b);
      table.put("not." + t.suffix(), Operation.of(t, (a, b, c) -> t.truncate(~a), t));
    }
    for (PtxType t : List.of(B16, B32, B64)) {
      int bits = 8 * t.bytes();
      table.put("shl." + t.suffix(),
          Operation.of(t, (a, n, c) -> n >= bits ? 0 : t.truncate(a << n), t, U32));
    }
    for (PtxType t : List.of(B16, B32, B64, U16, S16, U32, S32, U64, S64)) {
      int bits = 8 * t.bytes();
      // A shift by the width or more leaves the sign, or 0.
      Compute shift = t.isSigned() ? (a, n, c) -> t.truncate(t.integer(a) >> Math.min(n, bits - 1))
          : (a, n, c) -> n >= bits ? 0 : a >>> n;
      table.put("shr." + t.suffix(), Operation.of(t, shift, t, U32));
    }
    table.put("popc.b32", Operation.of(U32, (a, b, c) -> Long.bitCount(a), B32));
    table.put("clz.b32", Operation.of(U32, (a, b, c) -> Integer.numberOfLeadingZeros((int) a), B32));
  }

  private static void arithmetic(Map<String, Operation> table, PtxType t) {
    binary(table, "add", t, (a, b, c) -> t.truncate(a + b));
    binary(table, "sub", t, (a, b, c) -> t.truncate(a - b));
    binary(table, "mul.lo", t, (a, b, c) -> t.truncate(a * b));
    table.put("mad.lo." + t.suffix(), Operation.of(t, (a, b, c) -> t.truncate(a * b + c), t, t, t));
    binary(table, "mul.hi", t, highHalf(t));
    boolean signed = t.isSigned();
    binary(table, "div", t, (a, b, c) -> t.truncate(
        signed ? t.integer(a) / t.integer(b) : Long.divideUnsigned(a, b)));
    binary(table, "rem", t, (a, b, c) -> t.truncate(
        signed ? t.integer(a) % t.integer(b) : Long.remainderUnsigned(a, b)));
    binary(table, "min", t, (a, b, c) -> compare(t, a, b) <= 0 ? a : b);
    binary(table, "max", t, (a, b, c) -> compare(t, a, b) >= 0 ? a : b);
  }

  private static Compute highHalf(PtxType t) {
    if (t == U64) {
      return (a, b, c) -> Math.unsignedMultiplyHigh(a, b);
    }
    if (t == S64) {
      return (a, b, c) -> Math.multiplyHigh(a, b);
    }
    return (a, b, c) -> t.truncate(t.integer(a) * t.integer(b) >>> 8 * t.bytes());
  }

  private static void wide(Map<String, Operation> table, PtxType from, PtxType to) {
    table.put("mul.wide." + from.suffix(),
        Operation.of(to, (a, b, c) -> to.truncate(from.integer(a) * from.integer(b)), from, from));
    table.put("mad.wide." + from.suffix(),
        Operation.of(to, (a, b, c) -> to.truncate(from.integer(a) * from.integer(b) + c), from, from, to));
  }

  private static void binary(Map<String, Operation> table, String name, PtxType t, Compute compute) {
    table.put(name + "." + t.suffix(), Operation.of(t, compute, t, t));
  }

  static int compare(PtxType t, long a, long b) {
    return t.isSigned() ? Long.compare(t.integer(a), t.integer(b)) : Long.compareUnsigned(a, b);
  }
}
