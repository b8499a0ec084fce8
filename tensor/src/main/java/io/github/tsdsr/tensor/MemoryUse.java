package io.github.tsdsr.tensor;

/**
 * A backend's memory, in bytes.
 *
 * @param inUse what living storages occupy
 * @param held what the backend has taken from the system, the pool of free blocks included
 * @param peak the largest {@code inUse} so far
 */
public record MemoryUse(long inUse, long held, long peak) {}
