package io.github.tsdsr.tensor;

import java.lang.foreign.MemorySegment;

/** Uploads to and downloads from host tensors, for the backends whose tensors lie in main memory. */
public final class HostTransfer {
  private HostTransfer() {}

  /** See {@link Backend#upload}. */
  public static void upload(MemorySegment from, Tensor to) {
    checkRoom(from, to);
    MemorySegment target = HostValues.segment(to);
    int bytes = to.dtype().bytes();
    if (HostValues.isOneRun(to.layout())) {
      MemorySegment.copy(from, 0, target, to.layout().offset() * bytes, to.bytes());
      to.storage().written();
      return;
    }
    HostValues.forEachRow(to.layout(), (at, index, n, stride) -> {
      if (stride == 1) {
        MemorySegment.copy(from, (long) at * bytes, target, index * bytes, (long) n * bytes);
      } else {
        for (int i = 0; i < n; i++) {
          MemorySegment.copy(from, (long) (at + i) * bytes, target, (index + i * stride) * bytes, bytes);
        }
      }
    });
    to.storage().written();
  }

  /** See {@link Backend#download}. */
  public static void download(Tensor from, MemorySegment to) {
    checkRoom(to, from);
    MemorySegment source = HostValues.segment(from);
    int bytes = from.dtype().bytes();
    if (HostValues.isOneRun(from.layout())) {
      MemorySegment.copy(source, from.layout().offset() * bytes, to, 0, from.bytes());
      return;
    }
    HostValues.forEachRow(from.layout(), (at, index, n, stride) -> {
      if (stride == 1) {
        MemorySegment.copy(source, index * bytes, to, (long) at * bytes, (long) n * bytes);
      } else {
        for (int i = 0; i < n; i++) {
          MemorySegment.copy(source, (index + i * stride) * bytes, to, (long) (at + i) * bytes, bytes);
        }
      }
    });
  }

  private static void checkRoom(MemorySegment host, Tensor t) {
    if (host.byteSize() < t.bytes()) {
      throw new IllegalArgumentException(
          "a transfer of " + t + " needs " + t.bytes() + " bytes, the host's memory has " + host.byteSize());
    }
  }
}
