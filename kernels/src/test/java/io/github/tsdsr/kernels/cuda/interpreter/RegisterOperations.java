package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.HashMap;
import java.util.Map;

/** The table of all instructions that compute in registers, by their full name. */
final class RegisterOperations {
  private static final Map<String, Operation> TABLE = table();

  private RegisterOperations() {}

  /** The operation of an opcode; null if there is none. */
  static Operation of(String opcode) {
    return TABLE.get(opcode);
  }

  private static Map<String, Operation> table() {
    Map<String, Operation> table = new HashMap<>();
    IntegerOperations.addTo(table);
    FloatOperations.addTo(table);
    Comparisons.addTo(table);
    Conversions.addTo(table);
    for (PtxType t : PtxType.values()) {
      if (t != PtxType.PRED && t.bytes() > 1) {
        table.put("selp." + t.suffix(), Operation.of(t, (a, b, p) -> p != 0 ? a : b, t, t, PtxType.PRED));
      }
      if (t == PtxType.PRED || t.bytes() > 1) {
        table.put("mov." + t.suffix(), Operation.of(t, (a, b, c) -> a, t));
      }
    }
    // Global addresses and generic ones are the same here, as on every GPU so far.
    table.put("cvta.to.global.u64", Operation.of(PtxType.U64, (a, b, c) -> a, PtxType.U64));
    return Map.copyOf(table);
  }
}
