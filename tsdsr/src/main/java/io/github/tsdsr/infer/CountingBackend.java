package io.github.tsdsr.infer;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;

/**
 * Computes nothing and takes no memory, but counts what the same work would take elsewhere: tensors, the working memory
 * that the CPU's kernels tell of, and a little for the rest. A network that runs on it tells its own need for any size of
 * picture.
 */
final class CountingBackend implements Backend {
  /** For each thread: what small operations take. */
  private static final long SMALL = 64 << 10;

  private final int threads;
  private long inUse;
  private long peak;

  CountingBackend(int threads) {
    this.threads = threads;
  }

  private final class Counted extends Storage {
    private final long bytes;

    Counted(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    protected void free() {
      inUse -= bytes;
    }
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public Storage allocate(long bytes) {
    inUse += bytes;
    peak = Math.max(peak, inUse);
    return new Counted(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    to.storage().written();
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    // There are no numbers.
  }

  @Override
  public void run(Op op) {
    long working = VectorBackend.workingBytes(op, threads);
    peak = Math.max(peak, inUse + working + threads * SMALL);
    op.outputs().forEach(t -> t.storage().written());
  }

  /** The peak is that of tensors and working memory together. */
  @Override
  public MemoryUse memory() {
    return new MemoryUse(inUse, inUse, peak);
  }

  @Override
  public void close() {
    // Nothing was taken.
  }
}
