package io.github.tsdsr.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The values of a kernel's parameters in order, packed as the kernel sees them: little-endian, each at a multiple of
 * its size. cuLaunchKernel takes a pointer to each one's {@link #offset}.
 */
public final class KernelArguments {
  private ByteBuffer packed = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
  private int[] offsets = new int[16];
  private int count;

  /** An address on the device, or any other .u64. */
  public KernelArguments u64(long value) {
    place(Long.BYTES).putLong(value);
    return this;
  }

  /** A .u32. */
  public KernelArguments u32(int value) {
    place(Integer.BYTES).putInt(value);
    return this;
  }

  /** An .f32. */
  public KernelArguments f32(float value) {
    place(Float.BYTES).putFloat(value);
    return this;
  }

  private ByteBuffer place(int size) {
    int at = (packed.position() + size - 1) / size * size;
    if (at + size > packed.capacity()) {
      packed = ByteBuffer.allocate(2 * packed.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(packed.flip());
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    offsets[count++] = at;
    return packed.position(at);
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Where the i-th begins in {@link #bytes}. */
  public int offset(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("argument " + i + " of " + count);
    }
    return offsets[i];
  }

  /** All of them, packed. */
  public byte[] bytes() {
    return Arrays.copyOf(packed.array(), packed.position());
  }
}
