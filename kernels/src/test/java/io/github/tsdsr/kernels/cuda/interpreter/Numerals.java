package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.Locale;

/** What PTX's number texts mean. */
final class Numerals {
  private Numerals() {}

  static long integer(String text) {
    String s = text.endsWith("U") ? text.substring(0, text.length() - 1) : text;
    boolean negative = s.startsWith("-");
    if (negative) {
      s = s.substring(1);
    }
    long value = s.toLowerCase(Locale.ROOT).startsWith("0x") ? Long.parseUnsignedLong(s.substring(2), 16)
        : Long.parseUnsignedLong(s);
    return negative ? -value : value;
  }

  /**
   * The bits of a number as an operand of a type.
   *
   * @throws NumberFormatException if it is not one of the type
   */
  static long bits(String text, PtxType type) {
    boolean negative = text.startsWith("-");
    String digits = (negative ? text.substring(1) : text).toLowerCase(Locale.ROOT);
    if (digits.startsWith("0f") || digits.startsWith("0d") || digits.contains(".")) {
      double value = digits.startsWith("0f") ? Float.intBitsToFloat(Integer.parseUnsignedInt(digits.substring(2), 16))
          : digits.startsWith("0d") ? Double.longBitsToDouble(Long.parseUnsignedLong(digits.substring(2), 16))
              : Double.parseDouble(digits);
      value = negative ? -value : value;
      return switch (type) {
        case F32 -> type.truncate(Float.floatToRawIntBits((float) value));
        case F64 -> Double.doubleToRawLongBits(value);
        case B32 -> {
          if (!digits.startsWith("0f")) {
            throw new NumberFormatException(text + " is not an operand of type b32");
          }
          yield type.truncate(Float.floatToRawIntBits((float) value));
        }
        default -> throw new NumberFormatException(text + " is not an operand of type " + type.suffix());
      };
    }
    if (type.isFloat()) {
      throw new NumberFormatException(text + " is an integer, expected a number of type " + type.suffix());
    }
    return type.truncate(integer(text));
  }
}
