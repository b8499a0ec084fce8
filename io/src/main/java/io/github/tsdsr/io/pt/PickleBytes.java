package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read one after the other; nothing is taken that is not there. */
final class PickleBytes {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_INTEGER = 255;
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong BIG_ENDIAN_I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final String file;
  private final MemorySegment bytes;
  private long at;

  PickleBytes(String file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  FormatException wrong(String problem) {
    return new FormatException(file, problem);
  }

  long position() {
    return at;
  }

  long remaining() {
    return bytes.byteSize() - at;
  }

  private long take(long n, String what) {
    if (n < 0 || n > remaining()) {
      throw wrong(
          "the pickle has " + what + " of " + Long.toUnsignedString(n) + " bytes, but only " + remaining() + " follow");
    }
    long from = at;
    at += n;
    return from;
  }

  int u8() {
    if (remaining() == 0) {
      throw wrong(at == 0 ? "the pickle is empty" : "the pickle ends before its STOP");
    }
    return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
  }

  int u16() {
    return u8() | u8() << 8;
  }

  int i32() {
    return bytes.get(I32, take(4, "an integer"));
  }

  long u32() {
    return i32() & 0xFFFFFFFFL;
  }

  long i64() {
    return bytes.get(I64, take(8, "an integer"));
  }

  double f64() {
    return Double.longBitsToDouble(bytes.get(BIG_ENDIAN_I64, take(8, "a number")));
  }

  /** A little-endian two's complement integer of so many bytes: a Long where it fits. */
  Object integer(long length) {
    if (length < 0 || length > LONGEST_INTEGER) {
      throw wrong("the pickle has an integer of " + length + " bytes, expected at most " + LONGEST_INTEGER);
    }
    byte[] b = bytes.asSlice(take(length, "an integer"), length).toArray(ValueLayout.JAVA_BYTE);
    byte[] bigEndian = new byte[b.length + 1];
    for (int i = 0; i < b.length; i++) {
      bigEndian[b.length - i] = b[i];
    }
    // The sign, so that no bytes at all are zero.
    bigEndian[0] = (byte) (b.length > 0 && b[b.length - 1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  String string(long length) {
    byte[] b = raw(length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(b)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("the pickle has a string that is not UTF-8");
    }
  }

  byte[] raw(long length) {
    return bytes.asSlice(take(length, "a string"), length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** A name up to the end of the line. */
  String line() {
    StringBuilder s = new StringBuilder();
    for (int c = u8(); c != '\n'; c = u8()) {
      if (s.length() == LONGEST_NAME) {
        throw wrong("the pickle has a name of more than " + LONGEST_NAME + " bytes");
      }
      s.append((char) c);
    }
    return s.toString();
  }

  /** Length of the frame that begins here: frames group opcodes and change nothing else. */
  void frame() {
    long length = i64();
    if (length < 0 || length > remaining()) {
      throw wrong(
          "the pickle has a frame of " + Long.toUnsignedString(length) + " bytes, but only " + remaining() + " follow");
    }
  }
}
