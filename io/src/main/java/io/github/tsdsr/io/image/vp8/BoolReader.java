package io.github.tsdsr.io.image.vp8;

/** Arithmetic decoding of bits with given probabilities (RFC 6386, section 7). Behind the end come zeros. */
final class BoolReader {
  private final byte[] data;
  private final int end;
  private int at;
  private long value;
  /** One less than the range, 127 to 254. */
  private int range = 254;
  /** How many bits of value lie below the eight that are compared with the range; new ones are due below zero. */
  private int spare = -8;
  private boolean pastEnd;

  BoolReader(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  /** A bit that is 0 with probability / 256. */
  int bit(int probability) {
    if (spare < 0) {
      load();
    }
    int split = range * probability >>> 8;
    int bit;
    if (value >>> spare > split) {
      value -= (long) (split + 1) << spare;
      range -= split + 1;
      bit = 1;
    } else {
      range = split;
      bit = 0;
    }
    if (range < 127) {
      int shift = Integer.numberOfLeadingZeros(range + 1) - 24;
      range = (range + 1 << shift) - 1;
      spare -= shift;
    }
    return bit;
  }

  private void load() {
    if (at + 4 <= end) {
      value = value << 32 | (data[at] & 0xFFL) << 24 | (data[at + 1] & 0xFF) << 16 | (data[at + 2] & 0xFF) << 8
          | data[at + 3] & 0xFF;
      at += 4;
      spare += 32;
    } else {
      int next = 0;
      if (at < end) {
        next = data[at++] & 0xFF;
      } else {
        pastEnd = true;
      }
      value = value << 8 | next;
      spare += 8;
    }
  }

  boolean flag() {
    return bit(128) != 0;
  }

  /** A whole number of some bits, the highest first. */
  int number(int bits) {
    int out = 0;
    for (int i = 0; i < bits; i++) {
      out = out << 1 | bit(128);
    }
    return out;
  }

  /** Magnitude, then sign. */
  int signed(int bits) {
    int magnitude = number(bits);
    return flag() ? -magnitude : magnitude;
  }

  /** A flag, and if it is set a signed number, else 0. */
  int optional(int bits) {
    return flag() ? signed(bits) : 0;
  }

  /** Whether bits were asked for that the data do not have. */
  boolean isPastEnd() {
    return pastEnd;
  }
}
