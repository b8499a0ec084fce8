package io.github.tsdsr.kernels.cuda;

import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.MemoryUse;

/** The memory that a backend has taken from a device, under a limit. Every storage is a block of the driver's. */
final class DeviceMemory {
  private final Device device;
  private final long limit;
  private long inUse;
  private long peak;
  private boolean closed;

  DeviceMemory(Device device, long limit) {
    this.device = device;
    this.limit = limit;
  }

  DeviceStorage allocate(long bytes) {
    if (closed) {
      throw new IllegalStateException("allocation from a closed backend");
    }
    if (bytes > limit - inUse) {
      throw new MemoryLimitException(
          "no room for " + bytes + " bytes on " + device.name() + ": " + inUse + " of at most " + limit
              + " bytes are in use");
    }
    // A driver has no blocks of 0 bytes.
    long address = device.allocate(Math.max(1, bytes));
    inUse += bytes;
    peak = Math.max(peak, inUse);
    return new DeviceStorage(this, address, bytes);
  }

  void free(long address, long bytes) {
    inUse -= bytes;
    // A closed device has given everything back.
    if (!closed) {
      device.free(address);
    }
  }

  MemoryUse use() {
    return new MemoryUse(inUse, inUse, peak);
  }

  void close() {
    closed = true;
  }
}
