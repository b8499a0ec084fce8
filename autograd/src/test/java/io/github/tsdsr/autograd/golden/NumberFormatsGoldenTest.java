package io.github.tsdsr.autograd.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversions between number formats, bit by bit: golden section 5, casts. */
class NumberFormatsGoldenTest {
  private final SafetensorsFile file = GoldenFiles.safetensors("ops/casts.safetensors");

  private int[] stored(String name) {
    return GoldenFiles.segment(GoldenValues.stored(file, name)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
  }

  /** The bits of the numbers that a backend converts from one type to another. */
  private static int[] converted(Backend backend, DType from, int[] bits, DType to) {
    try (Scope scope = Scope.on(backend)) {
      Tensor x = scope.empty(from, bits.length);
      backend.upload(bytes(bits, from.bytes()), x);
      Tensor y = scope.copy(x, to);
      MemorySegment out = MemorySegment.ofArray(new byte[Math.toIntExact(y.bytes())]);
      backend.download(y, out);
      int[] found = new int[bits.length];
      for (int i = 0; i < found.length; i++) {
        for (int b = 0; b < to.bytes(); b++) {
          found[i] |= (out.get(ValueLayout.JAVA_BYTE, (long) i * to.bytes() + b) & 0xFF) << 8 * b;
        }
      }
      return found;
    }
  }

  private static MemorySegment bytes(int[] bits, int size) {
    byte[] bytes = new byte[bits.length * size];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bits[i / size] >>> 8 * (i % size));
    }
    return MemorySegment.ofArray(bytes);
  }

  private static void assertBits(String what, int[] from, int[] want, int[] got, IntPredicate isNan, boolean[] nan) {
    assertEquals(want.length, got.length);
    for (int i = 0; i < want.length; i++) {
      String where = what + " of " + Integer.toHexString(from[i]) + " is " + Integer.toHexString(got[i]);
      if (nan[i]) {
        assertTrue(isNan.test(got[i]), where + ", not a NaN");
      } else {
        assertEquals(want[i], got[i], where);
      }
    }
  }

  private static boolean isNanF32(int bits) {
    return Float.isNaN(Float.intBitsToFloat(bits));
  }

  @ParameterizedTest
  @EnumSource
  void roundsToNearestAndTiesToEven(BackendUnderTest on) {
    int[] floats = stored("f32_bits");
    int[] isNan = stored("is_nan");
    boolean[] nan = new boolean[floats.length];
    for (int i = 0; i < nan.length; i++) {
      nan[i] = isNan[i] == 1;
    }
    try (Backend backend = on.open()) {
      assertBits("BF16", floats, stored("bf16_bits"), converted(backend, DType.F32, floats, DType.BF16),
          b -> (b & 0x7F80) == 0x7F80 && (b & 0x7F) != 0, nan);
      assertBits("F16", floats, stored("f16_bits"), converted(backend, DType.F32, floats, DType.F16),
          b -> (b & 0x7C00) == 0x7C00 && (b & 0x3FF) != 0, nan);
    }
  }

  @ParameterizedTest
  @EnumSource
  void widensEveryCodeExactly(BackendUnderTest on) {
    try (Backend backend = on.open()) {
      widens(backend, DType.F16, "half_codes", "f16_to_f32_bits");
      widens(backend, DType.BF16, "half_codes", "bf16_to_f32_bits");
      widens(backend, DType.F8_E4M3, "f8_codes", "f8_e4m3_to_f32_bits");
      widens(backend, DType.F8_E5M2, "f8_codes", "f8_e5m2_to_f32_bits");
    }
  }

  private void widens(Backend backend, DType from, String codes, String floats) {
    int[] want = stored(floats);
    boolean[] nan = new boolean[want.length];
    for (int i = 0; i < nan.length; i++) {
      nan[i] = isNanF32(want[i]);
    }
    int[] code = stored(codes);
    assertBits(from.toString(), code, want, converted(backend, from, code, DType.F32),
        NumberFormatsGoldenTest::isNanF32, nan);
  }
}
