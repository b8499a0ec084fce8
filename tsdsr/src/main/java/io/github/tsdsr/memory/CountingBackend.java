package io.github.tsdsr.memory;

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
public final class CountingBackend implements Backend {
  /** For each thread: what small operations take. */
  private static final long SMALL = 64 << 10;

  private final int threads;
  private long inUse;
  private long peak;
  private long highest;
  private long mapped;

  /**
   * @param threads of the backend that would do the work
   */
  public CountingBackend(int threads) {
    this.threads = threads;
  }

  private final class Counted extends Storage {
    private final long bytes;
    private boolean ofFile;

    Counted(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    protected void free() {
      if (ofFile) {
        mapped -= bytes;
      } else {
        inUse -= bytes;
      }
    }
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public Storage allocate(long bytes) {
    inUse += bytes;
    raise(inUse);
    return new Counted(bytes);
  }

  private void raise(long bytes) {
    peak = Math.max(peak, bytes);
    highest = Math.max(highest, bytes);
  }

  /** Whole tensors of mapped files are counted apart: the CPU reads them where they lie. */
  @Override
  public void upload(MemorySegment from, Tensor to) {
    if (from.isMapped() && to.storage() instanceof Counted c && !c.ofFile && to.bytes() == c.bytes) {
      c.ofFile = true;
      inUse -= c.bytes;
      mapped += c.bytes;
    }
    to.storage().written();
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    // There are no numbers.
  }

  @Override
  public void run(Op op) {
    raise(inUse + VectorBackend.workingBytes(op, threads) + threads * SMALL);
    op.outputs().forEach(t -> t.storage().written());
  }

  /** The peak is that of tensors and working memory together. */
  @Override
  public MemoryUse memory() {
    return new MemoryUse(inUse, inUse, peak);
  }

  /** Bytes of what lies in mapped files. */
  public long mapped() {
    return mapped;
  }

  /** The most since this was asked last, and at least what is in use. */
  public long highest() {
    long most = Math.max(inUse, highest);
    highest = inUse;
    return most;
  }

  @Override
  public void close() {
    // Nothing was taken.
  }
}
