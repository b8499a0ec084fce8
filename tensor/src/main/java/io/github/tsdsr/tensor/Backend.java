package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;

/**
 * A device that holds tensors and runs operations on them in program order. A backend and its tensors belong to one
 * thread at a time; several backends work side by side.
 */
public interface Backend extends AutoCloseable {
  /** What the backend is and runs on, for people. */
  String name();

  /**
   * Bytes with undefined contents and one owner.
   *
   * @throws MemoryLimitException if there is no room
   */
  Storage allocate(long bytes);

  /**
   * Fills a tensor from host memory.
   *
   * @param from the elements of {@code to} in row-major order, of its type; at least {@code to.bytes()} long
   */
  void upload(MemorySegment from, Tensor to);

  /**
   * Copies a tensor to host memory, when all operations on it are done.
   *
   * @param to receives the elements in row-major order; at least {@code from.bytes()} long
   */
  void download(Tensor from, MemorySegment to);

  /**
   * Runs an operation; what the backend has no kernel for it runs by primitives. Outputs' storages count a write.
   */
  void run(Op op);

  /** Bytes in use and held. */
  MemoryUse memory();

  /** Ends workers and gives memory back. */
  @Override
  void close();
}
