package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;

/** Hands everything on to another backend: what looks at operations or counts them extends this. */
public abstract class ForwardingBackend implements Backend {
  /** Does the work. */
  protected final Backend inner;

  /**
   * @param inner does the work; closed with this
   */
  protected ForwardingBackend(Backend inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public Storage allocate(long bytes) {
    return inner.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    inner.upload(from, to);
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    inner.download(from, to);
  }

  @Override
  public void run(Op op) {
    inner.run(op);
  }

  @Override
  public MemoryUse memory() {
    return inner.memory();
  }

  @Override
  public void close() {
    inner.close();
  }
}
