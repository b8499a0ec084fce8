package io.github.tsdsr.io.model;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.HostTransfer;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights where a backend computes: for one whose tensors lie in main memory the source's own, mapped files included; for
 * any other, copies that are made when a tensor is first asked for, row-major and of the same type, until this is closed.
 */
public final class BackendWeights implements Weights, AutoCloseable {
  private final Weights source;
  private final Backend backend;
  private final boolean inMainMemory;
  private final Map<String, Tensor> copies = new HashMap<>();

  private BackendWeights(Weights source, Backend backend) {
    this.source = source;
    this.backend = backend;
    Storage probe = backend.allocate(1);
    inMainMemory = probe instanceof HostStorage;
    probe.release();
  }

  /**
   * Weights on a backend.
   *
   * @param source must live as long as this
   */
  public static BackendWeights on(Backend backend, Weights source) {
    return new BackendWeights(source, backend);
  }

  /** {@inheritDoc} Its copy is made if there is none yet. */
  @Override
  public Tensor get(String name, long... shape) {
    return here(name, source.get(name, shape));
  }

  /** {@inheritDoc} Its copy is made if there is none yet. */
  @Override
  public Optional<Tensor> find(String name) {
    return source.find(name).map(t -> here(name, t));
  }

  private Tensor here(String name, Tensor t) {
    if (inMainMemory || !(t.storage() instanceof HostStorage host)) {
      return t;
    }
    Tensor copy = copies.get(name);
    if (copy == null) {
      copy = copied(t, host);
      copies.put(name, copy);
    }
    return copy;
  }

  private Tensor copied(Tensor t, HostStorage host) {
    Storage storage = backend.allocate(t.bytes());
    Tensor copy = Tensor.of(storage, t.dtype(), t.shape());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rowMajor;
      if (t.isContiguous()) {
        rowMajor = host.segment().asSlice(t.layout().offset() * t.dtype().bytes(), t.bytes());
      } else {
        rowMajor = arena.allocate(Math.max(1, t.bytes()));
        HostTransfer.download(t, rowMajor);
      }
      backend.upload(rowMajor, copy);
      return copy;
    } catch (RuntimeException e) {
      storage.release();
      throw e;
    }
  }

  /** Gives the copies back; the source stays open. */
  @Override
  public void close() {
    copies.values().forEach(t -> t.storage().release());
    copies.clear();
  }
}
