package io.github.tsdsr.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Bytes in main memory: a block of a {@link HostMemory}, or a part of a mapped file. */
public final class HostStorage extends Storage {
  private final MemorySegment segment;
  private final Runnable free;

  /**
   * Wraps a native segment.
   *
   * @param segment off-heap, alive as long as the storage
   * @param free what to do when the last owner has let go
   */
  public HostStorage(MemorySegment segment, Runnable free) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("a host storage lies off-heap, got a heap segment");
    }
    this.segment = segment;
    this.free = Objects.requireNonNull(free);
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  /** The bytes, with their bounds. */
  public MemorySegment segment() {
    checkAlive();
    return segment;
  }

  /** The absolute address of the first byte, for kernels that have proven their bounds. */
  public long address() {
    checkAlive();
    return segment.address();
  }

  @Override
  protected void free() {
    free.run();
  }
}
