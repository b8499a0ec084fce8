package io.github.tsdsr.kernels.cuda.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the instructions compute, at the values where definitions differ. */
class RegisterOperationsTest {
  private static long run(String opcode, String... operands) {
    Operation o = RegisterOperations.of(opcode);
    long[] bits = new long[3];
    for (int i = 0; i < operands.length; i++) {
      PtxType type = o.operands().get(i);
      bits[i] = type.isFloat() ? floating(type, operands[i]) : type.truncate(Numerals.integer(operands[i]));
    }
    assertEquals(o.operands().size(), operands.length, opcode);
    return o.compute().apply(bits[0], bits[1], bits[2]);
  }

  private static long floating(PtxType type, String text) {
    return type == PtxType.F32 ? FloatOperations.bits(Float.parseFloat(text))
        : Double.doubleToRawLongBits(Double.parseDouble(text));
  }

  @ParameterizedTest
  @CsvSource({
    "add.u32, 0xffffffff, 2, 0, 1", "sub.s32, 0x80000000, 1, 0, 0x7fffffff", "add.u64, -1, 1, 0, 0",
    "mul.lo.u32, 0x10001, 0x10001, 0, 0x20001", "mul.hi.u32, 0xffffffff, 0xffffffff, 0, 0xfffffffe",
    "mul.hi.s32, -1, 1, 0, 0xffffffff", "mul.wide.u32, 0xffffffff, 2, 0, 0x1fffffffe",
    "mul.wide.s32, -1, 2, 0, 0xfffffffffffffffe", "mul.hi.u64, -1, -1, 0, 0xfffffffffffffffe",
    "mad.lo.u32, 7, 9, 1, 64", "mad.lo.u32, 0xffffffff, 2, 3, 1", "mad.wide.u32, 0xffffffff, 4, 4, 0x400000000",
    "div.u32, 0xfffffffe, 2, 0, 0x7fffffff", "div.s32, -7, 2, 0, 0xfffffffd", "rem.s32, -7, 2, 0, 0xffffffff",
    "rem.u32, 0xffffffff, 10, 0, 5", "div.u64, -1, 2, 0, 0x7fffffffffffffff", "min.u32, 0xffffffff, 1, 0, 1",
    "min.s32, 0xffffffff, 1, 0, 0xffffffff", "max.s32, 0xffffffff, 1, 0, 1", "and.b32, 12, 10, 0, 8",
    "or.b32, 12, 10, 0, 14", "xor.b32, 12, 10, 0, 6", "xor.pred, 1, 1, 0, 0", "shl.b32, 3, 31, 0, 0x80000000",
    "shl.b32, 3, 32, 0, 0", "shl.b64, 1, 40, 0, 0x10000000000", "shr.u32, 0x80000000, 31, 0, 1",
    "shr.s32, 0x80000000, 31, 0, 0xffffffff", "shr.s32, 0x80000000, 99, 0, 0xffffffff", "shr.u32, 1, 32, 0, 0",
    "setp.lt.u32, 0xffffffff, 1, 0, 0", "setp.lt.s32, 0xffffffff, 1, 0, 1", "setp.hs.u32, 1, 1, 0, 1",
    "setp.ne.and.u32, 1, 2, 0, 0", "setp.ne.or.u32, 1, 1, 1, 1", "selp.b32, 5, 6, 1, 5", "selp.b32, 5, 6, 0, 6"
  })
  void integerInstructionsComputeModuloTheirWidth(String opcode, String a, String b, String c, String want) {
    String[] operands = List.of(a, b, c).subList(0, RegisterOperations.of(opcode).operands().size())
        .toArray(String[]::new);
    assertEquals(Numerals.integer(want), run(opcode, operands));
  }

  @ParameterizedTest
  @CsvSource({
    "not.b32, 1, 0xfffffffe", "not.pred, 1, 0", "neg.s32, 1, 0xffffffff", "abs.s32, -5, 5", "popc.b32, 0xf0f0, 8",
    "clz.b32, 1, 31", "cvt.u64.u32, 0xffffffff, 0xffffffff", "cvt.s64.s32, 0xffffffff, 0xffffffffffffffff",
    "cvt.u32.u64, 0x1ffffffff, 0xffffffff", "cvt.s32.s8, 0x80, 0xffffff80", "mov.b32, 7, 7",
    "cvta.to.global.u64, 9, 9"
  })
  void unaryIntegerInstructionsKeepToTheirWidth(String opcode, String a, String want) {
    assertEquals(Numerals.integer(want), run(opcode, a));
  }

  @ParameterizedTest
  @CsvSource({
    "add.f32, 16777216, 1, 16777216", "add.f32, 16777216, 3, 16777220", "sub.f32, 1, 0.1, 0.9",
    "mul.rn.f32, 3e38, 10, Infinity", "div.rn.f32, 1, 3, 0.33333334", "div.rn.f32, 1, 0, Infinity",
    "div.approx.f32, 2, 3, 0.6666667", "min.f32, NaN, 2, 2", "max.f32, 2, NaN, 2", "max.NaN.f32, 2, NaN, NaN",
    "max.NaN.f32, -1, 0, 0", "min.f32, 0.0, -0.0, -0.0", "add.f32, Infinity, -Infinity, NaN", "add.f32, 1e-45, 0, 1e-45"
  })
  void floatInstructionsRoundOnceToNearestEven(String opcode, String a, String b, String want) {
    assertEquals(floating(PtxType.F32, want), run(opcode, a, b));
  }

  @ParameterizedTest
  @CsvSource({
    "rcp.rn.f32, 3, 0.33333334", "rcp.approx.f32, Infinity, 0", "sqrt.rn.f32, 2, 1.4142135", "sqrt.rn.f32, -1, NaN",
    "rsqrt.approx.f32, 4, 0.5", "rsqrt.approx.f32, 0, Infinity", "ex2.approx.f32, 0.5, 1.4142135",
    "ex2.approx.f32, 128, Infinity", "ex2.approx.f32, -200, 0", "lg2.approx.f32, 8, 3", "lg2.approx.f32, 0, -Infinity",
    "neg.f32, 0, -0.0", "abs.f32, -2, 2", "mov.f32, 1.5, 1.5"
  })
  void unaryFloatInstructionsGiveTheRoundedFunction(String opcode, String a, String want) {
    assertEquals(floating(PtxType.F32, want), run(opcode, a));
  }

  @Test
  void aFusedProductAndSumIsRoundedOnce() {
    float e = Math.ulp(1f);
    long want = FloatOperations.bits(e * e);
    String a = Float.toString(1 + e);
    assertEquals(want, run("fma.rn.f32", a, a, Float.toString(-(1 + 2 * e))));
    assertEquals(0, run("add.f32", Float.toString((1 + e) * (1 + e)), Float.toString(-(1 + 2 * e))));
  }

  @Test
  void doublesKeepTheirDigits() {
    assertEquals(Double.doubleToRawLongBits(1.0 / 3), run("div.rn.f64", "1", "3"));
    assertEquals(Double.doubleToRawLongBits(Math.fma(0.1, 0.1, -0.01)), run("fma.rn.f64", "0.1", "0.1", "-0.01"));
  }

  @ParameterizedTest
  @CsvSource({
    "cvt.rn.f32.u32, 0xffffffff, 4294967296", "cvt.rn.f32.s32, 0xffffffff, -1", "cvt.rn.f32.u64, 16777217, 16777216",
    "cvt.rn.f32.u64, 0xffffffffffffffff, 18446744073709551616", "cvt.rn.f32.s64, -16777219, -16777220"
  })
  void integersBecomeTheNearestFloat(String opcode, String a, String want) {
    assertEquals(floating(PtxType.F32, want), run(opcode, a));
  }

  @ParameterizedTest
  @CsvSource({
    "cvt.rzi.s32.f32, -2.7, -2", "cvt.rni.s32.f32, 2.5, 2", "cvt.rmi.s32.f32, -2.1, -3", "cvt.rpi.s32.f32, 2.1, 3",
    "cvt.rzi.s32.f32, 1e20, 0x7fffffff", "cvt.rzi.s32.f32, -1e20, 0x80000000", "cvt.rzi.u32.f32, -5, 0",
    "cvt.rzi.u32.f32, 1e20, 0xffffffff", "cvt.rzi.s32.f32, NaN, 0",
    "cvt.rzi.u64.f32, 9223373136366403584, 9223373136366403584"
  })
  void floatsBecomeIntegersByTheNamedRounding(String opcode, String a, String want) {
    PtxType type = RegisterOperations.of(opcode).result();
    assertEquals(type.truncate(Numerals.integer(want)), run(opcode, a));
  }

  @ParameterizedTest
  @CsvSource({"lt, 0", "le, 0", "eq, 0", "ne, 0", "ltu, 1", "equ, 1", "neu, 1", "geu, 1", "num, 0", "nan, 1"})
  void aNanIsUnorderedToEverything(String comparison, int want) {
    assertEquals(want, run("setp." + comparison + ".f32", "NaN", "1"));
    assertEquals(want, run("setp." + comparison + ".f32", "1", "NaN"));
  }

  @Test
  void comparisonsOfOrderedFloatsAgreeWithJava() {
    float[] values = {-1, -0f, 0, 1, Float.POSITIVE_INFINITY};
    for (float a : values) {
      for (float b : values) {
        String x = Float.toString(a);
        String y = Float.toString(b);
        for (String u : List.of("", "u")) {
          assertEquals(a < b ? 1 : 0, run("setp.lt" + u + ".f32", x, y));
          assertEquals(a <= b ? 1 : 0, run("setp.le" + u + ".f32", x, y));
          assertEquals(a > b ? 1 : 0, run("setp.gt" + u + ".f32", x, y));
          assertEquals(a >= b ? 1 : 0, run("setp.ge" + u + ".f32", x, y));
          assertEquals(a == b ? 1 : 0, run("setp.eq" + u + ".f32", x, y));
          assertEquals(a != b ? 1 : 0, run("setp.ne" + u + ".f32", x, y));
        }
      }
    }
  }

  @Test
  void numeralsAreReadAsPtxDefinesThem() {
    assertEquals(0x3f800000L, Numerals.bits("0f3F800000", PtxType.F32));
    assertEquals(0x3f800000L, Numerals.bits("1.0", PtxType.F32));
    assertEquals(0xbf800000L, Numerals.bits("-1.0", PtxType.F32));
    assertEquals(0x3ff0000000000000L, Numerals.bits("0d3FF0000000000000", PtxType.F64));
    assertEquals(0xffffffffL, Numerals.bits("-1", PtxType.U32));
    assertEquals(255, Numerals.bits("0xffU", PtxType.B32));
    assertTrue(Float.isNaN(FloatOperations.number(Numerals.bits("0f7FC00000", PtxType.F32))));
  }
}
