package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.Map;
import java.util.TreeMap;

/** Memory as threads see it: global, or the shared memory of one block. Every access is checked against its shadow. */
final class AddressSpace {
  private final String name;
  private final TreeMap<Long, Allocation> allocations = new TreeMap<>();

  AddressSpace(String name) {
    this.name = name;
  }

  void add(Allocation a) {
    allocations.put(a.address(), a);
  }

  Allocation remove(long address) {
    return allocations.remove(address);
  }

  void clear() {
    allocations.clear();
  }

  /** The allocation that holds bytes from an address on; null if there is none. */
  Allocation find(long address, long bytes) {
    Map.Entry<Long, Allocation> below = allocations.floorEntry(address);
    return below != null && below.getValue().holds(address, bytes) ? below.getValue() : null;
  }

  /** Reads {@code count} elements of {@code bytes} each. */
  long[] load(Lane lane, long address, int bytes, int count) {
    Allocation a = access(lane, "read", address, bytes * count);
    int offset = (int) (address - a.address());
    checkWritten(lane, a, offset, bytes * count);
    for (int i = 0; i < bytes * count; i++) {
      report(lane, a, offset + i, "reads", a.shadow().read(offset + i, a.bytes(), lane));
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = a.get(offset + i * bytes, bytes);
    }
    return values;
  }

  /** Writes elements of {@code bytes} each. */
  void store(Lane lane, long address, int bytes, long... values) {
    Allocation a = access(lane, "write", address, bytes * values.length);
    int offset = (int) (address - a.address());
    for (int i = 0; i < bytes * values.length; i++) {
      report(lane, a, offset + i, "writes", a.shadow().write(offset + i, a.bytes(), lane));
    }
    for (int i = 0; i < values.length; i++) {
      a.put(offset + i * bytes, bytes, values[i]);
    }
    a.markWritten(offset, bytes * values.length);
  }

  /** Replaces an element by what an operation makes of it and another number. */
  long atomic(Lane lane, long address, PtxType type, Operation.Compute f, long operand) {
    int bytes = type.bytes();
    Allocation a = access(lane, "atomic access", address, bytes);
    int offset = (int) (address - a.address());
    checkWritten(lane, a, offset, bytes);
    for (int i = 0; i < bytes; i++) {
      report(lane, a, offset + i, "accesses", a.shadow().atomic(offset + i, a.bytes(), lane));
    }
    long old = a.get(offset, bytes);
    a.put(offset, bytes, f.apply(old, operand, 0));
    return old;
  }

  private Allocation access(Lane lane, String what, long address, int bytes) {
    if (address % bytes != 0) {
      throw lane.block().reports().fatal(Report.Kind.MISALIGNED, lane,
          "a " + what + " of " + bytes + " bytes at " + name + " address 0x" + Long.toHexString(address));
    }
    Allocation a = find(address, bytes);
    if (a == null) {
      throw lane.block().reports().fatal(Report.Kind.OUT_OF_BOUNDS, lane,
          "a " + what + " of " + bytes + " bytes at " + name + " address 0x" + Long.toHexString(address)
              + nearest(address));
    }
    return a;
  }

  private String nearest(long address) {
    Map.Entry<Long, Allocation> below = allocations.floorEntry(address);
    if (below == null) {
      return ", below every allocation";
    }
    Allocation a = below.getValue();
    return ", which is byte " + (address - a.address()) + " after the begin of " + a.name() + " of " + a.bytes()
        + " bytes";
  }

  private void checkWritten(Lane lane, Allocation a, int offset, int bytes) {
    int unwritten = a.firstUnwritten(offset, bytes);
    if (unwritten >= 0) {
      lane.block().reports().add(Report.Kind.UNWRITTEN_MEMORY, lane,
          "reads byte " + unwritten + " of " + a.name() + ", which nobody has written");
    }
  }

  private void report(Lane lane, Allocation a, int offset, String what, long conflict) {
    if (conflict != 0) {
      lane.block().reports().add(Report.Kind.RACE, lane, what + " byte " + offset + " of " + a.name()
          + ", which thread " + Stamp.thread(conflict) + " of the grid accessed with nothing to order them");
    }
  }
}
