package io.github.tsdsr.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Off-heap blocks of main memory under a limit, with a pool of freed ones. Blocks begin at multiples of 64 bytes (a
 * cache line, and the widest vector). What a block holds when it is handed out is undefined. Belongs to one thread at a
 * time, like the backend that owns it; the blocks may be read and written by any.
 */
public final class HostMemory implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  /** A pooled block serves requests down to this fraction of its size. */
  private static final double LEAST_FILL = 0.8;

  /** Where blocks come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Memory that lives as long as the arena, from a multiple of 64 bytes on.
     *
     * @throws OutOfMemoryError if the system has no room
     */
    MemorySegment allocate(long bytes, Arena arena);
  }

  private record Block(Arena arena, MemorySegment segment) {}

  private final MemoryBound limit;
  private final Source source;
  private final TreeMap<Long, ArrayDeque<Block>> pool = new TreeMap<>();
  private long inUse;
  private long held;
  private long peak;
  private boolean closed;

  /**
   * @param limit the most bytes to take from the system
   */
  public HostMemory(long limit) {
    this(MemoryBound.of(limit));
  }

  /**
   * @param limit the most bytes to take from the system
   */
  public HostMemory(MemoryBound limit) {
    this(limit, (bytes, arena) -> arena.allocate(bytes, ALIGNMENT));
  }

  /**
   * @param limit the most bytes to take from the source
   */
  public HostMemory(MemoryBound limit, Source source) {
    this.limit = limit;
    this.source = source;
  }

  /**
   * A storage of at least one byte.
   *
   * @throws MemoryLimitException if the limit leaves no room for it
   */
  public HostStorage allocate(long bytes) {
    if (closed) {
      throw new IllegalStateException("allocation from a closed backend");
    }
    long size = Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Block block = fromPool(size);
    if (block == null) {
      block = fromSystem(size);
    }
    Block taken = block;
    inUse += taken.segment.byteSize();
    peak = Math.max(peak, inUse);
    return new HostStorage(taken.segment.asSlice(0, bytes), () -> giveBack(taken));
  }

  private Block fromPool(long size) {
    Map.Entry<Long, ArrayDeque<Block>> fit = pool.ceilingEntry(size);
    if (fit == null || size < fit.getKey() * LEAST_FILL) {
      return null;
    }
    Block block = fit.getValue().pop();
    if (fit.getValue().isEmpty()) {
      pool.remove(fit.getKey());
    }
    return block;
  }

  private Block fromSystem(long size) {
    // Largest first: few blocks go, and small ones are the ones asked for again.
    while (!limit.allows(held + size) && !pool.isEmpty()) {
      drop(pool.lastEntry());
    }
    if (!limit.allows(held + size)) {
      throw new MemoryLimitException("no room for " + size + " bytes: " + inUse + " of at most "
          + limit.most().getAsLong() + " bytes are in use");
    }
    Arena arena = Arena.ofShared();
    try {
      Block block = new Block(arena, source.allocate(size, arena));
      held += size;
      return block;
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new MemoryLimitException("the system has no room for " + size + " more bytes of main memory");
    }
  }

  private void giveBack(Block block) {
    inUse -= block.segment.byteSize();
    if (closed) {
      block.arena.close();
      held -= block.segment.byteSize();
    } else {
      pool.computeIfAbsent(block.segment.byteSize(), _ -> new ArrayDeque<>()).push(block);
    }
  }

  private void drop(Map.Entry<Long, ArrayDeque<Block>> entry) {
    Block block = entry.getValue().pop();
    if (entry.getValue().isEmpty()) {
      pool.remove(entry.getKey());
    }
    held -= block.segment.byteSize();
    block.arena.close();
  }

  /** Gives all pooled blocks back to the system. */
  public void trim() {
    while (!pool.isEmpty()) {
      drop(pool.lastEntry());
    }
  }

  public MemoryUse use() {
    return new MemoryUse(inUse, held, peak);
  }

  /** Gives the pool back; blocks still in use follow when their last owner lets go. */
  @Override
  public void close() {
    closed = true;
    trim();
  }
}
