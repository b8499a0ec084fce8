package io.github.tsdsr.tensor;

/** Element types: the fifteen of the safetensors format. All are little-endian in memory and in files. */
public enum DType {
  BOOL(1, false),
  U8(1, false),
  I8(1, false),
  F8_E5M2(1, true),
  F8_E4M3(1, true),
  I16(2, false),
  U16(2, false),
  F16(2, true),
  BF16(2, true),
  I32(4, false),
  U32(4, false),
  F32(4, true),
  F64(8, true),
  I64(8, false),
  U64(8, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloating() {
    return floating;
  }

  /**
   * The type in which sums and products of elements of this type are accumulated: F64 for F64 and the integers wider than
   * a float's mantissa, F32 for all others.
   */
  public DType accumulator() {
    return switch (this) {
      case F64, I32, U32, I64, U64 -> F64;
      default -> F32;
    };
  }
}
