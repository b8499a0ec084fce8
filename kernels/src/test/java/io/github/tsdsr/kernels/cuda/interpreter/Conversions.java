package io.github.tsdsr.kernels.cuda.interpreter;

import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.F32;
import static io.github.tsdsr.kernels.cuda.interpreter.PtxType.F64;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** cvt: between integers, from integers to floating point and back, between float and double. */
final class Conversions {
  private static final List<PtxType> INTEGERS = List.of(PtxType.U8, PtxType.S8, PtxType.U16, PtxType.S16, PtxType.U32,
      PtxType.S32, PtxType.U64, PtxType.S64);
  private static final Map<String, DoubleUnaryOperator> ROUNDINGS = Map.of(
      "rni", Math::rint, "rzi", a -> a < 0 ? Math.ceil(a) : Math.floor(a), "rmi", Math::floor, "rpi", Math::ceil);

  private Conversions() {}

  static void addTo(Map<String, Operation> table) {
    for (PtxType from : INTEGERS) {
      for (PtxType to : INTEGERS) {
        table.put("cvt." + to.suffix() + "." + from.suffix(),
            Operation.of(to, (a, b, c) -> to.truncate(from.integer(a)), from));
      }
      table.put("cvt.rn.f32." + from.suffix(),
          Operation.of(F32, (a, b, c) -> FloatOperations.bits(integer(from, a).floatValue()), from));
      table.put("cvt.rn.f64." + from.suffix(),
          Operation.of(F64, (a, b, c) -> Double.doubleToRawLongBits(integer(from, a).doubleValue()), from));
      ROUNDINGS.forEach((name, rounding) -> {
        table.put("cvt." + name + "." + from.suffix() + ".f32", Operation.of(from,
            (a, b, c) -> saturated(from, rounding.applyAsDouble(FloatOperations.number(a))), F32));
        table.put("cvt." + name + "." + from.suffix() + ".f64", Operation.of(from,
            (a, b, c) -> saturated(from, rounding.applyAsDouble(Double.longBitsToDouble(a))), F64));
      });
    }
    table.put("cvt.f64.f32",
        Operation.of(F64, (a, b, c) -> Double.doubleToRawLongBits(FloatOperations.number(a)), F32));
    table.put("cvt.rn.f32.f64",
        Operation.of(F32, (a, b, c) -> FloatOperations.bits((float) Double.longBitsToDouble(a)), F64));
  }

  private static BigInteger integer(PtxType type, long bits) {
    return type == PtxType.U64 ? new BigInteger(Long.toUnsignedString(bits)) : BigInteger.valueOf(type.integer(bits));
  }

  /** The nearest number of the type; 0 for NaN. */
  private static long saturated(PtxType type, double value) {
    if (Double.isNaN(value)) {
      return 0;
    }
    int digits = 8 * type.bytes() - (type.isSigned() ? 1 : 0);
    double end = Math.scalb(1.0, digits);
    if (value >= end) {
      return type.truncate(type.isSigned() ? (1L << digits) - 1 : -1);
    }
    double begin = type.isSigned() ? -end : 0;
    return type.truncate(new BigDecimal(Math.max(value, begin)).longValue());
  }
}
