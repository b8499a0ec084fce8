package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;

/**
 * Computes nothing and takes no memory, but counts what the same work would take elsewhere: tensors exactly, the working
 * memory of the CPU's kernels from above. A network that runs on it tells its own need for any size of picture.
 */
final class CountingBackend implements Backend {
  /** Columns of the widest panel that a matrix is packed in. */
  private static final long PANEL = 64;
  /** Longest run of a product that is packed at once. */
  private static final long PACKED_ROWS = 2048;
  /** Rows of A that a thread packs. */
  private static final long TASK_ROWS = 128;
  private static final long QUERIES = 48;
  /** Rows of a picture that a thread convolves take this, or one kernel's height of rows if that is more. */
  private static final long BAND = 512 << 10;
  /** Tiles, vectors, sums and rounding up. */
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
    long working = switch (op) {
      case Attention a -> attention(a);
      case Conv2d c -> convolution(c);
      case Linear l -> 4 * padded(l.w().size(0)) * Math.min(l.w().size(1), PACKED_ROWS)
          + threads * 4 * TASK_ROWS * Math.min(l.w().size(1), PACKED_ROWS);
      default -> 0;
    };
    peak = Math.max(peak, inUse + working + threads * SMALL);
    op.outputs().forEach(t -> t.storage().written());
  }

  private long attention(Attention a) {
    long keys = padded(a.k().size(1));
    long d = padded(a.q().size(3));
    long dv = padded(a.v().size(3));
    return threads * 4 * (keys * (d + dv) + QUERIES * (keys + d + dv));
  }

  private long convolution(Conv2d c) {
    long kh = c.w().size(1);
    long run = c.w().size(2) * c.x().size(3);
    long row = 4 * (c.x().size(2) + 2 * PANEL) * c.x().size(3);
    return 4 * kh * run * padded(c.w().size(0)) + threads * (BAND + (kh + c.geometry().down()) * row);
  }

  private static long padded(long columns) {
    return Math.ceilDiv(columns, PANEL) * PANEL;
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
