package io.github.tsdsr.io.image;

import io.github.tsdsr.io.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** A file's bytes, or a part of them, in memory or mapped: every access beyond the end is a one-line refusal. */
final class ByteView {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment bytes;
  private final String name;

  ByteView(MemorySegment bytes, String name) {
    this.bytes = bytes;
    this.name = name;
  }

  static ByteView of(byte[] bytes, String name) {
    return new ByteView(MemorySegment.ofArray(bytes), name);
  }

  /** What messages call the file. */
  String name() {
    return name;
  }

  long size() {
    return bytes.byteSize();
  }

  FormatException refuse(String problem) {
    return new FormatException(name, problem);
  }

  int u8(long at) {
    require(at, 1);
    return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  int u16(long at) {
    require(at, 2);
    return bytes.get(SHORT, at) & 0xFFFF;
  }

  int u16le(long at) {
    return Short.toUnsignedInt(Short.reverseBytes((short) u16(at)));
  }

  int i32(long at) {
    require(at, 4);
    return bytes.get(INT, at);
  }

  long u32(long at) {
    return Integer.toUnsignedLong(i32(at));
  }

  int i32le(long at) {
    return Integer.reverseBytes(i32(at));
  }

  long u32le(long at) {
    return Integer.toUnsignedLong(i32le(at));
  }

  /** Three bytes, the lowest first. */
  int u24le(long at) {
    return u8(at) | u8(at + 1) << 8 | u8(at + 2) << 16;
  }

  byte[] copy(long at, long length) {
    require(at, length);
    return bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }

  ByteView slice(long at, long length) {
    require(at, length);
    return new ByteView(bytes.asSlice(at, length), name);
  }

  /** Whether the bytes at a place are these characters, each a byte. */
  boolean holds(long at, String characters) {
    if (at < 0 || at + characters.length() > size()) {
      return false;
    }
    for (int i = 0; i < characters.length(); i++) {
      if (u8(at + i) != characters.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void require(long at, long length) {
    if (at < 0 || length < 0 || at > size() - length) {
      throw refuse("ends early: " + size() + " bytes, expected at least " + Math.max(at, at + length));
    }
  }
}
