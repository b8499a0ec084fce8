package io.github.tsdsr.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class KernelArgumentsTest {
  @Test
  void eachValueLiesAtAMultipleOfItsSizeInLittleEndianOrder() {
    KernelArguments a = new KernelArguments().u32(0x01020304).u64(0x1112131415161718L).f32(1).u32(-1);
    assertEquals(4, a.count());
    assertArrayEquals(new int[] {0, 8, 16, 20}, new int[] {a.offset(0), a.offset(1), a.offset(2), a.offset(3)});
    assertArrayEquals(new byte[] {4, 3, 2, 1, 0, 0, 0, 0, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0, 0,
      (byte) 0x80, 0x3f, -1, -1, -1, -1}, a.bytes());
    assertThrows(IndexOutOfBoundsException.class, () -> a.offset(4));
  }

  @Test
  void manyValuesAreKept() {
    KernelArguments a = new KernelArguments();
    for (int i = 0; i < 100; i++) {
      a.u64(i);
    }
    assertEquals(100, a.count());
    assertEquals(792, a.offset(99));
    assertEquals(99, a.bytes()[792]);
  }

  @Test
  void shapesThatNoDeviceCouldRunAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(0, 1, 1, 32, 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(1, 65536, 1, 32, 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(1, 1, 1, 32, 33, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(1, 1, 1, 1, 1, 128, 0));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(1, 1, 1, 1, 1, 1, -1));
    assertEquals(6L, new LaunchShape(1, 2, 3, 4, 5, 6, 0).blocks());
    assertEquals(120, new LaunchShape(1, 2, 3, 4, 5, 6, 0).threads());
  }
}
