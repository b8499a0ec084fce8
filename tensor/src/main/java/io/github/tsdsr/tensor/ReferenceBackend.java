package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Fused;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Primitive;
import java.lang.foreign.MemorySegment;

/**
 * The backend that all others are compared with: checked memory, plain loops in double precision, each operation's result
 * rounded once to its type. With F64 tensors it is the oracle.
 */
public final class ReferenceBackend implements Backend {
  private final HostMemory memory;

  /** Without a memory limit. */
  public ReferenceBackend() {
    this(Long.MAX_VALUE);
  }

  /**
   * @param limit the most bytes of tensors
   */
  public ReferenceBackend(long limit) {
    memory = new HostMemory(limit);
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Storage allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    HostTransfer.upload(from, to);
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    HostTransfer.download(from, to);
  }

  @Override
  public void run(Op op) {
    switch (op) {
      case Primitive p -> HostPrimitives.run(p);
      case Fused f -> {
        try (Scope scope = Scope.on(this)) {
          f.byPrimitives(this, scope);
        }
      }
    }
  }

  @Override
  public MemoryUse memory() {
    return memory.use();
  }

  @Override
  public void close() {
    memory.close();
  }
}
