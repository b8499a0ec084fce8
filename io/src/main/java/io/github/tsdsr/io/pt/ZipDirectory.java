package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The central directory of a zip file in memory (APPNOTE 6.3, ZIP64 included), so that what lies there uncompressed can be
 * used in place: java.util.zip tells no offsets, and its stream refuses the descriptors that torch writes. Local headers only
 * give the place of the data; sizes are the directory's. Entries do not overlap, as they do in bombs.
 */
final class ZipDirectory {
  private static final int END = 0x06054B50;
  private static final int END_BYTES = 22;
  private static final int END64 = 0x06064B50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR = 0x07064B50;
  private static final int LOCATOR_BYTES = 20;
  private static final int CENTRAL = 0x02014B50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034B50;
  private static final int LOCAL_BYTES = 30;
  private static final int LONGEST_COMMENT = 0xFFFF;
  private static final int ENCRYPTED = 1;
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);

  /**
   * @param method 0 stored, 8 deflated
   * @param data the bytes as they lie in the file
   * @param size bytes when expanded, as the directory claims
   */
  record Entry(String name, int method, long crc, MemorySegment data, long size, long headerOffset) {}

  private final String file;
  private final MemorySegment zip;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(String file, MemorySegment zip) {
    this.file = file;
    this.zip = zip;
  }

  static boolean looksLikeZip(MemorySegment bytes) {
    return bytes.byteSize() >= 4 && bytes.get(U32, 0) == LOCAL;
  }

  /**
   * Reads the entries by name, in the directory's order.
   *
   * @throws FormatException if the file is no whole zip file
   */
  static Map<String, Entry> read(String file, MemorySegment zip) {
    ZipDirectory directory = new ZipDirectory(file, zip);
    directory.readAll();
    return directory.entries;
  }

  private FormatException wrong(String problem) {
    return new FormatException(file, problem);
  }

  private int u16(long at) {
    return zip.get(U16, at) & 0xFFFF;
  }

  private long u32(long at) {
    return zip.get(U32, at) & 0xFFFFFFFFL;
  }

  private void readAll() {
    long end = findEnd();
    long count = u16(end + 10);
    long size = u32(end + 12);
    long offset = u32(end + 16);
    if (count == 0xFFFF || size == 0xFFFFFFFFL || offset == 0xFFFFFFFFL) {
      long end64 = findEnd64(end);
      count = zip.get(U64, end64 + 32);
      size = zip.get(U64, end64 + 40);
      offset = zip.get(U64, end64 + 48);
    }
    if (offset < 0 || size < 0 || offset > end || size > end - offset) {
      throw wrong("the zip file's directory lies outside the file; it is damaged or cut short");
    }
    long at = offset;
    for (long i = 0; i < count; i++) {
      if (at + CENTRAL_BYTES > offset + size || zip.get(U32, at) != CENTRAL) {
        throw wrong("the zip file's directory has " + i + " entries, its end record claims " + count);
      }
      long next = at + CENTRAL_BYTES + u16(at + 28) + u16(at + 30) + u16(at + 32);
      if (next > offset + size) {
        throw wrong("the zip file's directory ends within an entry");
      }
      add(at, offset);
      at = next;
    }
    checkApart(offset);
  }

  private long findEnd() {
    long last = zip.byteSize() - END_BYTES;
    for (long at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
      if (zip.get(U32, at) == END && u16(at + 20) == last - at) {
        return at;
      }
    }
    throw wrong("the zip file ends early: it has no end record");
  }

  private long findEnd64(long end) {
    long locator = end - LOCATOR_BYTES;
    if (locator >= 0 && zip.get(U32, locator) == LOCATOR) {
      long at = zip.get(U64, locator + 8);
      if (at >= 0 && at <= locator - END64_BYTES && zip.get(U32, at) == END64) {
        return at;
      }
    }
    throw wrong("the zip file refers to a ZIP64 end record that is not there");
  }

  private void add(long at, long directory) {
    int nameLength = u16(at + 28);
    String name = new String(
        zip.asSlice(at + CENTRAL_BYTES, nameLength).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    long[] sizes = sizes(at, at + CENTRAL_BYTES + nameLength, u16(at + 30), name);
    long size = sizes[0];
    long packed = sizes[1];
    long header = sizes[2];
    int method = u16(at + 10);
    if ((u16(at + 8) & ENCRYPTED) != 0 || method != 0 && method != 8) {
      throw wrong("entry " + name + " is encrypted or packed by method " + method + ", expected stored or deflated");
    }
    if (method == 0 && size != packed) {
      throw wrong("entry " + name + " is stored, but has " + packed + " bytes of " + size);
    }
    if (header < 0 || header > directory - LOCAL_BYTES || zip.get(U32, header) != LOCAL) {
      throw wrong("entry " + name + " does not lie where the zip file's directory says");
    }
    long data = header + LOCAL_BYTES + u16(header + 26) + u16(header + 28);
    if (packed < 0 || size < 0 || data > directory || packed > directory - data) {
      throw wrong("entry " + name + " of " + packed + " bytes goes beyond the zip file's data");
    }
    Entry entry = new Entry(name, method, u32(at + 16), zip.asSlice(data, packed), size, header);
    if (entries.put(name, entry) != null) {
      throw wrong("the zip file has two entries named " + name);
    }
  }

  /** Size, packed size and offset of the local header; where they are saturated, from the ZIP64 extra field. */
  private long[] sizes(long at, long extra, int extraLength, String name) {
    long[] values = {u32(at + 24), u32(at + 20), u32(at + 42)};
    long end = extra + extraLength;
    long field = extra;
    while (field + 4 <= end && u16(field) != 1) {
      field += 4 + u16(field + 2);
    }
    long from = field + 4;
    long fieldEnd = from <= end ? Math.min(end, from + u16(field + 2)) : end;
    for (int i = 0; i < values.length; i++) {
      if (values[i] == 0xFFFFFFFFL) {
        if (from + Long.BYTES > fieldEnd) {
          throw wrong("entry " + name + " lacks its ZIP64 sizes");
        }
        values[i] = zip.get(U64, from);
        from += Long.BYTES;
      }
    }
    return values;
  }

  private void checkApart(long directory) {
    List<Entry> byPlace = new ArrayList<>(entries.values());
    byPlace.sort(Comparator.comparingLong(Entry::headerOffset));
    for (int i = 0; i < byPlace.size(); i++) {
      Entry e = byPlace.get(i);
      long next = i + 1 < byPlace.size() ? byPlace.get(i + 1).headerOffset : directory;
      if (e.headerOffset + LOCAL_BYTES + e.data.byteSize() > next) {
        throw wrong("entry " + e.name + " overlaps the next one in the zip file");
      }
    }
  }
}
