package io.github.tsdsr.memory;

import java.util.OptionalLong;

/**
 * What work may take.
 *
 * @param threads of the backend, each with working memory of its own
 * @param allowed the most bytes of tensors, where somebody has said so
 * @param machine bytes of main memory
 */
public record MemoryLimits(int threads, OptionalLong allowed, long machine) {
  /** No limit but the machine's. */
  public static MemoryLimits ofMachine(int threads) {
    return new MemoryLimits(threads, OptionalLong.empty(), MachineMemory.all());
  }

  /**
   * Whether work fits.
   *
   * @param tensors its tensors' bytes at most
   * @param mapped bytes of files that it reads again and again where they lie
   */
  public boolean fit(long tensors, long mapped) {
    return tensors <= allowed.orElse(Long.MAX_VALUE) && tensors + mapped <= machine;
  }
}
