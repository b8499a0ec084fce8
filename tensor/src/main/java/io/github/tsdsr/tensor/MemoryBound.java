package io.github.tsdsr.tensor;

import java.util.function.LongSupplier;

/**
 * How much memory may be taken.
 *
 * @param surely so many bytes without asking
 * @param most the most bytes; asked, which may take time, only where more than the sure ones are wanted
 */
public record MemoryBound(long surely, LongSupplier most) {
  /** A number that is known. */
  public static MemoryBound of(long bytes) {
    return new MemoryBound(bytes, () -> bytes);
  }

  /** Whether so many bytes may be taken in all. */
  public boolean allows(long bytes) {
    return bytes <= surely || bytes <= most.getAsLong();
  }
}
