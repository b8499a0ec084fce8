package io.github.tsdsr.io.pt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

final class ZipDirectoryTest {
  private static final int SATURATED = 0xFFFFFFFF;
  private static final byte[] CONTENTS = "contents".getBytes(StandardCharsets.UTF_8);

  private static Map<String, ZipDirectory.Entry> read(byte[] zip) {
    return ZipDirectory.read("test.zip", MemorySegment.ofArray(zip));
  }

  private static void refused(byte[] zip, String... words) {
    GoldenFiles.assertOneLine(assertThrows(FormatException.class, () -> read(zip)).getMessage(), "test.zip", words);
  }

  /** A file of one stored entry as one beyond 4 GiB is written: sizes and offsets are in the ZIP64 records. */
  private static ByteBuffer zip64() {
    CRC32 crc = new CRC32();
    crc.update(CONTENTS);
    ByteBuffer b = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0x04034B50).putShort((short) 45).putShort((short) 8).putShort((short) 0).putInt(0).putInt(0).putInt(0)
        .putInt(0);
    b.putShort((short) 1).putShort((short) 0).put((byte) 'a').put(CONTENTS);
    int directory = b.position();
    b.putInt(0x02014B50).putShort((short) 45).putShort((short) 45).putShort((short) 8).putShort((short) 0).putInt(0);
    b.putInt((int) crc.getValue()).putInt(SATURATED).putInt(SATURATED).putShort((short) 1).putShort((short) 34);
    b.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0).putInt(SATURATED).put((byte) 'a');
    // Another extra field goes before the one of ZIP64.
    b.putShort((short) 0x7777).putShort((short) 2).putShort((short) 0);
    b.putShort((short) 1).putShort((short) 24).putLong(CONTENTS.length).putLong(CONTENTS.length).putLong(0);
    int end64 = b.position();
    b.putInt(0x06064B50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0);
    b.putLong(1).putLong(1).putLong(end64 - directory).putLong(directory);
    b.putInt(0x07064B50).putInt(0).putLong(end64).putInt(1);
    b.putInt(0x06054B50).putShort((short) 0).putShort((short) 0).putShort((short) -1).putShort((short) -1);
    b.putInt(SATURATED).putInt(SATURATED).putShort((short) 0);
    return b.flip();
  }

  private static byte[] bytes(ByteBuffer b) {
    byte[] bytes = new byte[b.remaining()];
    b.get(0, bytes);
    return bytes;
  }

  @Test
  void sizesAndOffsetsBeyondFourGigabytesAreReadFromTheirRecords() {
    Map<String, ZipDirectory.Entry> entries = read(bytes(zip64()));
    assertEquals(1, entries.size());
    assertArrayEquals(CONTENTS, entries.get("a").data().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void everyFalseByteOfTheRecordsIsRefusedOrHarmless() {
    byte[] zip = bytes(zip64());
    for (int at = 0; at < zip.length; at++) {
      for (int change : new int[] {0x01, 0x7F, 0x80, 0xFF}) {
        byte[] changed = zip.clone();
        changed[at] ^= (byte) change;
        try {
          read(changed);
        } catch (FormatException e) {
          GoldenFiles.assertOneLine(e.getMessage(), "test.zip");
        }
      }
    }
  }

  private static byte[] ordinary(String... names) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(CONTENTS);
      }
      zip.setComment("a comment after the end record");
    }
    return out.toByteArray();
  }

  @Test
  void aZipFileWithACommentIsRead() throws IOException {
    assertEquals(CONTENTS.length, read(ordinary("a", "b")).get("b").size());
  }

  @Test
  void entriesThatShareBytesAreRefused() throws IOException {
    byte[] zip = ordinary("a", "b");
    ByteBuffer b = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int second = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\u0001\u0002");
    b.putInt(second + 42, 0);
    refused(zip, "overlaps");
  }

  @Test
  void encryptedEntriesAndOtherMethodsAreRefused() throws IOException {
    byte[] zip = ordinary("a");
    int central = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\u0001\u0002");
    byte[] encrypted = zip.clone();
    encrypted[central + 8] |= 1;
    refused(encrypted, "encrypted");
    byte[] other = zip.clone();
    other[central + 10] = 12;
    refused(other, "method 12");
  }

  @Test
  void aMissingZip64RecordIsRefused() {
    ByteBuffer b = zip64();
    b.putInt(b.limit() - 42, 0);
    refused(bytes(b), "ZIP64");
  }
}
