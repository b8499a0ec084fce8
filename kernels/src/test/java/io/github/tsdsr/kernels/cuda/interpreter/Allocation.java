package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.Arrays;
import java.util.BitSet;

/** A block of memory, which of its bytes were ever written, and who touched them. */
final class Allocation {
  /** What unwritten bytes hold: as floats they are NaN. */
  private static final byte POISON = (byte) 0xff;

  private final String name;
  private final long address;
  private final byte[] data;
  private final BitSet written;
  private final RaceShadow shadow = new RaceShadow();

  Allocation(String name, long address, int bytes) {
    this.name = name;
    this.address = address;
    data = new byte[bytes];
    Arrays.fill(data, POISON);
    written = new BitSet(bytes);
  }

  String name() {
    return name;
  }

  long address() {
    return address;
  }

  int bytes() {
    return data.length;
  }

  /** Whether bytes from an address on lie inside. */
  boolean holds(long from, long bytes) {
    long offset = from - address;
    return offset >= 0 && offset <= data.length - bytes;
  }

  byte[] data() {
    return data;
  }

  /** The first byte of a range that was never written; -1 if there is none. */
  int firstUnwritten(int offset, int bytes) {
    int at = written.nextClearBit(offset);
    return at < offset + bytes ? at : -1;
  }

  void markWritten(int offset, int bytes) {
    written.set(offset, offset + bytes);
  }

  RaceShadow shadow() {
    return shadow;
  }

  /** A little-endian number of 1 to 8 bytes. */
  long get(int offset, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | data[offset + i] & 0xff;
    }
    return value;
  }

  void put(int offset, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      data[offset + i] = (byte) (value >>> 8 * i);
    }
  }
}
