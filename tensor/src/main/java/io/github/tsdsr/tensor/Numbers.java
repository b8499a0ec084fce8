package io.github.tsdsr.tensor;

/**
 * Conversions between number formats, bit patterns on one side and floats or doubles on the other: to nearest, ties to
 * even. F16 is IEEE's half, BF16 the upper half of a float, F8_E4M3 the format without infinities (E4M3FN), F8_E5M2 the
 * one with.
 */
public final class Numbers {
  private static final float[] E4M3 = table(4, 3, 7, false);
  private static final float[] E5M2 = table(5, 2, 15, true);

  private Numbers() {}

  public static float f16ToFloat(short bits) {
    return Float.float16ToFloat(bits);
  }

  public static float bf16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  public static float e4m3ToFloat(byte bits) {
    return E4M3[bits & 0xFF];
  }

  public static float e5m2ToFloat(byte bits) {
    return E5M2[bits & 0xFF];
  }

  /** Overflows to infinity from 65520 on; subnormals are kept. */
  public static short floatToF16(float f) {
    return Float.floatToFloat16(f);
  }

  public static short floatToBf16(float f) {
    int bits = Float.floatToRawIntBits(f);
    if (Float.isNaN(f)) {
      // Rounding could carry a NaN's payload away; a quiet NaN has its highest mantissa bit set.
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  /** One rounding, not two. */
  public static short doubleToF16(double v) {
    return floatToF16(toOdd(v));
  }

  /** One rounding, not two. */
  public static short doubleToBf16(double v) {
    return floatToBf16(toOdd(v));
  }

  /** Beyond 464 there is no number: NaN. */
  public static byte doubleToE4m3(double v) {
    return nearest(v, E4M3, 0x7E, 464, 0x7F);
  }

  /** From 61440 on infinity. */
  public static byte doubleToE5m2(double v) {
    return nearest(v, E5M2, 0x7B, Math.nextDown(61440.0), 0x7C);
  }

  /**
   * A float from which rounding to a narrower format gives what rounding the double itself would: truncated, the last
   * bit set where something was cut off.
   */
  private static float toOdd(double v) {
    float f = (float) v;
    if (f == v || Float.isNaN(f)) {
      return f;
    }
    if (Math.abs((double) f) > Math.abs(v)) {
      f = Float.intBitsToFloat(Float.floatToRawIntBits(f) - 1);
    }
    return Float.intBitsToFloat(Float.floatToRawIntBits(f) | 1);
  }

  private static float[] table(int exponentBits, int mantissaBits, int bias, boolean infinities) {
    float[] t = new float[256];
    int exponents = 1 << exponentBits;
    int mantissas = 1 << mantissaBits;
    for (int code = 0; code < 256; code++) {
      int e = code >> mantissaBits & exponents - 1;
      int m = code & mantissas - 1;
      double value;
      if (infinities && e == exponents - 1) {
        value = m == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      } else if (!infinities && e == exponents - 1 && m == mantissas - 1) {
        value = Double.NaN;
      } else if (e == 0) {
        value = Math.scalb((double) m / mantissas, 1 - bias);
      } else {
        value = Math.scalb(1 + (double) m / mantissas, e - bias);
      }
      t[code] = (float) (code >= 128 ? -value : value);
    }
    return t;
  }

  private static byte nearest(double v, float[] table, int largest, double limit, int beyond) {
    int sign = Double.doubleToRawLongBits(v) < 0 ? 0x80 : 0;
    double a = Math.abs(v);
    if (Double.isNaN(v)) {
      return (byte) (sign | 0x7F);
    }
    if (a > limit) {
      return (byte) (sign | beyond);
    }
    int code = 0;
    while (code < largest && table[code + 1] <= a) {
      code++;
    }
    if (code < largest) {
      double below = a - table[code];
      double above = table[code + 1] - a;
      if (above < below || above == below && (code & 1) == 1) {
        code++;
      }
    }
    return (byte) (sign | code);
  }
}
