package io.github.tsdsr.kernels.cuda;

import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Copies between a host's row-major elements and tensors on a device, one copy for each run that lies without gaps. */
final class DeviceTransfer {
  private DeviceTransfer() {}

  /** Copies a run of bytes. */
  private interface Run {
    void copy(long address, MemorySegment host);
  }

  static void upload(Device device, MemorySegment from, Tensor to, long address) {
    runs(to, address, from, (at, host) -> device.copyToDevice(host, at));
  }

  static void download(Device device, Tensor from, long address, MemorySegment to) {
    runs(from, address, to, device::copyToHost);
  }

  private static void runs(Tensor t, long address, MemorySegment host, Run run) {
    if (host.byteSize() < t.bytes()) {
      throw new IllegalArgumentException(
          "a transfer of " + t + " needs " + t.bytes() + " bytes, the host's memory has " + host.byteSize());
    }
    if (t.count() == 0) {
      return;
    }
    Layout l = t.layout();
    int outer = l.rank();
    long elements = 1;
    while (outer > 0 && (l.size(outer - 1) == 1 || l.stride(outer - 1) == elements)) {
      elements *= l.size(--outer);
    }
    long bytes = elements * t.dtype().bytes();
    long[] index = new long[outer];
    for (long at = 0; at < t.bytes(); at += bytes) {
      long element = 0;
      for (int i = 0; i < outer; i++) {
        element += index[i] * l.stride(i);
      }
      run.copy(address + element * t.dtype().bytes(), host.asSlice(at, bytes));
      for (int i = outer - 1; i >= 0 && ++index[i] == l.size(i); i--) {
        index[i] = 0;
      }
    }
  }
}
