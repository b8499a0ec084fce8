package io.github.tsdsr.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * A typed, strided window on a {@link Storage}. Owns nothing and computes nothing: its life is the storage's, its
 * views are other windows on the same bytes. Two tensors are equal if they are the same window.
 */
public record Tensor(Storage storage, DType dtype, Layout layout) {
  /**
   * Checks once and for all that every element lies inside the storage.
   *
   * @throws IllegalArgumentException if one does not
   */
  public Tensor {
    Objects.requireNonNull(dtype);
    if (layout.count() > 0) {
      if (layout.lowest() < 0 || layout.highest() >= storage.bytes() / dtype.bytes()) {
        throw new IllegalArgumentException(
            dtype + " " + layout + " at offset " + layout.offset() + " does not fit into " + storage.bytes()
                + " bytes");
      }
    }
  }

  /** A row-major tensor at the start of a storage. */
  public static Tensor of(Storage storage, DType dtype, long... shape) {
    return new Tensor(storage, dtype, Layout.contiguous(shape));
  }

  /** Number of axes; 0 for a single number. */
  public int rank() {
    return layout.rank();
  }

  /**
   * Size of an axis; negative axes count from the end.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public long size(int axis) {
    return layout.size(axis);
  }

  /** Sizes of all axes, first to last; a copy. */
  public long[] shape() {
    return layout.shape();
  }

  /** Number of elements. */
  public long count() {
    return layout.count();
  }

  /** Bytes of all elements without gaps. */
  public long bytes() {
    return layout.count() * dtype.bytes();
  }

  /** Whether the axes have exactly these sizes. */
  public boolean hasShape(long... shape) {
    return layout.hasShape(shape);
  }

  /** Whether both have the same axes; types and strides may differ. */
  public boolean sameShape(Tensor other) {
    return layout.sameShape(other.layout);
  }

  /** Whether elements lie row-major without gaps, see {@link Layout#isContiguous}. */
  public boolean isContiguous() {
    return layout.isContiguous();
  }

  private Tensor with(Layout l) {
    return new Tensor(storage, dtype, l);
  }

  /** See {@link Layout#permute}. */
  public Tensor permute(int... axes) {
    return with(layout.permute(axes));
  }

  /** The last two axes exchanged. */
  public Tensor transpose() {
    int[] axes = new int[rank()];
    Arrays.setAll(axes, i -> i);
    axes[rank() - 2] = rank() - 1;
    axes[rank() - 1] = rank() - 2;
    return permute(axes);
  }

  /** See {@link Layout#slice}. */
  public Tensor slice(int axis, long from, long to) {
    return with(layout.slice(axis, from, to));
  }

  /** One index of an axis, without that axis. */
  public Tensor select(int axis, long index) {
    return with(layout.slice(axis, index, index + 1).squeeze(layout.axis(axis)));
  }

  /** See {@link Layout#every}. */
  public Tensor every(int axis, long step) {
    return with(layout.every(axis, step));
  }

  /** See {@link Layout#flip}. */
  public Tensor flip(int axis) {
    return with(layout.flip(axis));
  }

  /** See {@link Layout#unsqueeze}. */
  public Tensor unsqueeze(int axis) {
    return with(layout.unsqueeze(axis));
  }

  /** See {@link Layout#squeeze}. */
  public Tensor squeeze(int axis) {
    return with(layout.squeeze(axis));
  }

  /** See {@link Layout#reshape}. */
  public Tensor reshape(long... shape) {
    return with(layout.reshape(shape));
  }

  /** See {@link Layout#broadcast}. */
  public Tensor broadcast(long... shape) {
    return with(layout.broadcast(shape));
  }

  /** The n-th of {@code parts} equal parts along an axis. */
  public Tensor chunk(int axis, int n, int parts) {
    long size = size(axis);
    if (size % parts != 0) {
      throw new IllegalArgumentException("axis " + axis + " of " + this + " cannot be cut into " + parts + " parts");
    }
    return slice(axis, n * (size / parts), (n + 1) * (size / parts));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Tensor t && storage == t.storage && dtype == t.dtype && layout.equals(t.layout);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * System.identityHashCode(storage) + dtype.hashCode()) + layout.hashCode();
  }

  @Override
  public String toString() {
    return dtype + " " + layout;
  }
}
