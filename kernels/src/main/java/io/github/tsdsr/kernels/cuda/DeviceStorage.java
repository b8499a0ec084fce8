package io.github.tsdsr.kernels.cuda;

import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;

/** Bytes on a device. */
final class DeviceStorage extends Storage {
  private final DeviceMemory memory;
  private final long address;
  private final long bytes;

  DeviceStorage(DeviceMemory memory, long address, long bytes) {
    this.memory = memory;
    this.address = address;
    this.bytes = bytes;
  }

  /**
   * The address of a tensor's element (0, ..., 0).
   *
   * @throws IllegalArgumentException if the tensor does not lie in this memory
   */
  static long address(Tensor t, DeviceMemory memory) {
    if (!(t.storage() instanceof DeviceStorage s) || s.memory != memory) {
      throw new IllegalArgumentException("expected a tensor of this CUDA backend, got " + t + " of another one");
    }
    s.checkAlive();
    return s.address + t.layout().offset() * t.dtype().bytes();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  protected void free() {
    memory.free(address, bytes);
  }
}
