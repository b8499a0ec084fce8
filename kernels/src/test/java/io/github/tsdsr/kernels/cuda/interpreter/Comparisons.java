package io.github.tsdsr.kernels.cuda.interpreter;

import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.PRED;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** setp: comparisons into a predicate, alone or combined with another predicate. */
final class Comparisons {
  /** What a comparison of unordered numbers (one is NaN) gives instead of -1, 0 or 1. */
  private static final int UNORDERED = 2;

  private interface Comparer {
    int compare(long a, long b);
  }

  private Comparisons() {}

  static void addTo(Map<String, Operation> table) {
    for (PtxType t : List.of(PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64)) {
      ordered(table, t, (a, b) -> IntegerOperations.compare(t, a, b));
      if (!t.isSigned()) {
        add(table, "lo", t, Long::compareUnsigned, r -> r < 0);
        add(table, "ls", t, Long::compareUnsigned, r -> r <= 0);
        add(table, "hi", t, Long::compareUnsigned, r -> r > 0);
        add(table, "hs", t, Long::compareUnsigned, r -> r >= 0);
      }
    }
    for (PtxType t : List.of(PtxType.B16, PtxType.B32, PtxType.B64)) {
      add(table, "eq", t, Long::compareUnsigned, r -> r == 0);
      add(table, "ne", t, Long::compareUnsigned, r -> r != 0);
    }
    floats(table, PtxType.F32, (a, b) -> compare(FloatOperations.number(a), FloatOperations.number(b)));
    floats(table, PtxType.F64, (a, b) -> compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b)));
  }

  private static int compare(double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b) ? UNORDERED : a < b ? -1 : a > b ? 1 : 0;
  }

  private static void floats(Map<String, Operation> table, PtxType t, Comparer comparer) {
    ordered(table, t, comparer);
    add(table, "equ", t, comparer, r -> r == 0 || r == UNORDERED);
    add(table, "neu", t, comparer, r -> r != 0);
    add(table, "ltu", t, comparer, r -> r == -1 || r == UNORDERED);
    add(table, "leu", t, comparer, r -> r != 1);
    add(table, "gtu", t, comparer, r -> r >= 1);
    add(table, "geu", t, comparer, r -> r >= 0);
    add(table, "num", t, comparer, r -> r != UNORDERED);
    add(table, "nan", t, comparer, r -> r == UNORDERED);
  }

  private static void ordered(Map<String, Operation> table, PtxType t, Comparer comparer) {
    add(table, "eq", t, comparer, r -> r == 0);
    add(table, "ne", t, comparer, r -> r == -1 || r == 1);
    add(table, "lt", t, comparer, r -> r == -1);
    add(table, "le", t, comparer, r -> r == -1 || r == 0);
    add(table, "gt", t, comparer, r -> r == 1);
    add(table, "ge", t, comparer, r -> r == 1 || r == 0);
  }

  private static void add(Map<String, Operation> table, String name, PtxType t, Comparer comparer, IntPredicate holds) {
    Operation.Compute alone = (a, b, c) -> holds.test(comparer.compare(a, b)) ? 1 : 0;
    table.put("setp." + name + "." + t.suffix(), Operation.of(PRED, alone, t, t));
    table.put("setp." + name + ".and." + t.suffix(),
        Operation.of(PRED, (a, b, c) -> alone.apply(a, b, 0) & c, t, t, PRED));
    table.put("setp." + name + ".or." + t.suffix(),
        Operation.of(PRED, (a, b, c) -> alone.apply(a, b, 0) | c, t, t, PRED));
    table.put("setp." + name + ".xor." + t.suffix(),
        Operation.of(PRED, (a, b, c) -> alone.apply(a, b, 0) ^ c, t, t, PRED));
  }
}
