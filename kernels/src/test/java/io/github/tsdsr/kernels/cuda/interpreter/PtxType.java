package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.Locale;

/** PTX's fundamental types. A value is held as the low bits of a long, the bits above being 0. */
enum PtxType {
  PRED(0),
  B8(1),
  B16(2),
  B32(4),
  B64(8),
  U8(1),
  U16(2),
  U32(4),
  U64(8),
  S8(1),
  S16(2),
  S32(4),
  S64(8),
  F32(4),
  F64(8);

  private final int bytes;

  PtxType(int bytes) {
    this.bytes = bytes;
  }

  /** The type of a name such as {@code u32}; null if there is none. */
  static PtxType of(String name) {
    for (PtxType t : values()) {
      if (t.suffix().equals(name)) {
        return t;
      }
    }
    return null;
  }

  String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Size in bytes; 0 for predicates, which have no place in memory. */
  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return this == F32 || this == F64;
  }

  boolean isSigned() {
    return this == S8 || this == S16 || this == S32 || this == S64;
  }

  boolean isUntyped() {
    return this == B8 || this == B16 || this == B32 || this == B64;
  }

  boolean isInteger() {
    return this != PRED && !isFloat() && !isUntyped();
  }

  /** The bits that the type has. */
  long truncate(long bits) {
    return switch (bytes) {
      case 0 -> bits & 1;
      case 8 -> bits;
      default -> bits & (1L << 8 * bytes) - 1;
    };
  }

  /** The number that an integer's bits mean. */
  long integer(long bits) {
    int unused = 64 - 8 * bytes;
    return isSigned() ? bits << unused >> unused : truncate(bits);
  }

  /** Whether an operand of this type may be a register of that type: as wide, and of the same kind or untyped. */
  boolean accepts(PtxType register) {
    if (this == PRED || register == PRED) {
      return this == register;
    }
    return bytes == register.bytes && sameKind(register);
  }

  /** Whether a load or store of this type may use a register of that type: it may be wider too. */
  boolean fitsInto(PtxType register) {
    if (this == PRED || register == PRED) {
      return false;
    }
    return accepts(register) || bytes < register.bytes && !isFloat() && !register.isFloat();
  }

  private boolean sameKind(PtxType other) {
    return isUntyped() || other.isUntyped() || isFloat() == other.isFloat();
  }
}
