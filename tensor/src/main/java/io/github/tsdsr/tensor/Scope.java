package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Lifetime and allocation. A scope owns the storages that were allocated through it and lets go of them when it is
 * closed, unless they were moved {@link #outward} before; whoever else owns them (a tape that saved them) keeps them.
 */
public final class Scope implements AutoCloseable {
  private final Backend backend;
  private final Scope outer;
  private final Set<Storage> owned = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  private Scope(Backend backend, Scope outer) {
    this.backend = backend;
    this.outer = outer;
  }

  /** An outermost scope. */
  public static Scope on(Backend backend) {
    return new Scope(backend, null);
  }

  /** Where its tensors are. */
  public Backend backend() {
    return backend;
  }

  /** A scope inside this one. */
  public Scope inner() {
    return new Scope(backend, this);
  }

  /** A row-major tensor with undefined contents. */
  public Tensor empty(DType dtype, long... shape) {
    checkOpen();
    Layout layout = Layout.contiguous(shape);
    Storage storage = backend.allocate(Math.multiplyExact(layout.count(), (long) dtype.bytes()));
    owned.add(storage);
    return new Tensor(storage, dtype, layout);
  }

  /** A tensor of zeros. */
  public Tensor zeros(DType dtype, long... shape) {
    return full(0, dtype, shape);
  }

  /** A tensor that holds one value everywhere. */
  public Tensor full(double value, DType dtype, long... shape) {
    Tensor t = empty(dtype, shape);
    backend.run(new Fill(t, value));
    return t;
  }

  /** A row-major copy, in another type if asked for. */
  public Tensor copy(Tensor from, DType dtype) {
    Tensor t = empty(dtype, from.shape());
    backend.run(new Copy(from, t));
    return t;
  }

  /** The tensor itself if it is row-major without gaps and of the type, else a copy that is. */
  public Tensor contiguous(Tensor from, DType dtype) {
    return from.dtype() == dtype && from.isContiguous() ? from : copy(from, dtype);
  }

  /** The same elements in the same order under another shape: a view where strides allow it, else a copy. */
  public Tensor reshaped(Tensor t, long... shape) {
    return t.layout().tryReshape(shape)
        .map(l -> new Tensor(t.storage(), t.dtype(), l))
        .orElseGet(() -> copy(t, t.dtype()).reshape(shape));
  }

  /**
   * Moves a tensor's storage to the scope outside, so that it outlives this one. A storage that this scope does not own
   * stays where it is.
   *
   * @return the tensor
   * @throws IllegalStateException if there is no scope outside or it is closed; the tensor then stays this scope's
   */
  public Tensor outward(Tensor t) {
    checkOpen();
    if (outer == null) {
      throw new IllegalStateException("there is no scope outside the outermost one");
    }
    if (owned.contains(t.storage())) {
      outer.checkOpen();
      owned.remove(t.storage());
      if (!outer.owned.add(t.storage())) {
        // A scope is one owner, however a storage came to it.
        t.storage().release();
      }
    }
    return t;
  }

  /** Whether this scope owns the tensor's storage: it was made in it, moved to it, or kept by it. */
  public boolean owns(Tensor t) {
    return owned.contains(t.storage());
  }

  /** Takes a share in a storage that something else owns: it lives at least as long as this scope. */
  public Tensor keep(Tensor t) {
    checkOpen();
    if (!owned.contains(t.storage())) {
      t.storage().retain();
      owned.add(t.storage());
    }
    return t;
  }

  /** Lets go of a tensor's storage before the scope ends. Does nothing if the scope does not own it. */
  public void free(Tensor t) {
    if (owned.remove(t.storage())) {
      t.storage().release();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the scope is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (Storage s : new ArrayList<>(owned)) {
        s.release();
      }
      owned.clear();
    }
  }
}
