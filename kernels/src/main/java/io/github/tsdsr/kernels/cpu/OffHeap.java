package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All of memory as one segment, addressed absolutely: as fast as arrays, while an ordinary segment's bounds checks keep the
 * compiler from making a good loop. Kernels that use it rely on the checks in the operations' constructors.
 */
final class OffHeap {
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private OffHeap() {}

  /** The address of a tensor's element (0, ..., 0). */
  static long address(Tensor t) {
    if (t.storage() instanceof HostStorage host) {
      return host.address() + t.layout().offset() * t.dtype().bytes();
    }
    throw new IllegalArgumentException(t + " does not lie in main memory");
  }

  static float get(long address) {
    return ALL.get(FLOAT, address);
  }

  static void set(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  static void zero(long address, long bytes) {
    ALL.asSlice(address, bytes).fill((byte) 0);
  }
}
