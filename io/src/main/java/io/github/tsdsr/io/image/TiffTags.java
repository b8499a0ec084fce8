package io.github.tsdsr.io.image;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The first directory of a TIFF structure (TIFF 6.0, and BigTIFF), which EXIF blocks are too: numbers by tag. Values
 * that lie outside the bytes are refused when they are asked for.
 */
final class TiffTags {
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int BITS = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int STRIP_OFFSETS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int STRIP_BYTES = 279;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTES = 325;
  static final int SAMPLE_FORMAT = 339;
  static final int ICC_PROFILE = 34675;

  private static final int BIG = 43;

  private record Entry(int type, long count, long at) {}

  private final ByteView view;
  private final boolean little;
  private final Map<Integer, Entry> entries = new HashMap<>();

  private TiffTags(ByteView view) {
    this.view = view;
    little = view.holds(0, "II");
    if (!little && !view.holds(0, "MM")) {
      throw view.refuse("not a TIFF structure, expected it to begin with II or MM");
    }
    boolean big = u16(2) == BIG;
    long directory = big ? i64(8) : u32(4);
    long count = big ? i64(directory) : u16(directory);
    int entryBytes = big ? 20 : 12;
    long first = directory + (big ? 8 : 2);
    if (count < 0 || count > 65535) {
      throw view.refuse("a TIFF directory of " + count + " entries, expected at most 65535");
    }
    for (long i = 0; i < count; i++) {
      long at = first + i * entryBytes;
      int type = u16(at + 2);
      long values = big ? i64(at + 4) : u32(at + 4);
      long place = at + (big ? 12 : 8);
      int room = big ? 8 : 4;
      // Which values lie in the entry itself goes by their size.
      if (values < 0 || values > view.size() || values * bytes(type) > room) {
        place = big ? i64(place) : u32(place);
      }
      entries.putIfAbsent(u16(at), new Entry(type, values, place));
    }
  }

  static TiffTags parse(ByteView view) {
    return new TiffTags(view);
  }

  /** The orientation that an EXIF block states; upright where it states none, or is damaged. */
  static int orientationOf(ByteView exif) {
    try {
      return Orientation.orUpright(parse(exif).number(ORIENTATION, Orientation.UPRIGHT));
    } catch (RuntimeException e) {
      return Orientation.UPRIGHT;
    }
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /** The first number of a tag, or another if the tag is absent. */
  long number(int tag, long otherwise) {
    Entry entry = entries.get(tag);
    return entry == null || entry.count == 0 ? otherwise : number(entry, 0);
  }

  /** All numbers of a tag; none if it is absent. */
  long[] numbers(int tag) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return new long[0];
    }
    if (entry.count > view.size() / bytes(entry.type)) {
      throw view.refuse("TIFF tag " + tag + " claims " + entry.count + " values, more than the file has bytes for");
    }
    long[] out = new long[(int) entry.count];
    for (int i = 0; i < out.length; i++) {
      out[i] = number(entry, i);
    }
    return out;
  }

  /** The bytes of a tag, at most so many; none if it is absent or longer. */
  Optional<byte[]> bytes(int tag, int most) {
    Entry entry = entries.get(tag);
    return entry == null || entry.count > most ? Optional.empty() : Optional.of(view.copy(entry.at, entry.count));
  }

  private long number(Entry entry, long i) {
    return switch (entry.type) {
      case 1, 7 -> view.u8(entry.at + i);
      case 3 -> u16(entry.at + 2 * i);
      case 4, 13 -> u32(entry.at + 4 * i);
      case 16, 18 -> i64(entry.at + 8 * i);
      default -> throw view.refuse("a TIFF value of type " + entry.type + ", expected a whole number");
    };
  }

  private static int bytes(int type) {
    return switch (type) {
      case 3, 8 -> 2;
      case 4, 9, 11, 13 -> 4;
      case 5, 10, 12, 16, 17, 18 -> 8;
      default -> 1;
    };
  }

  private int u16(long at) {
    return little ? view.u16le(at) : view.u16(at);
  }

  private long u32(long at) {
    return little ? view.u32le(at) : view.u32(at);
  }

  private long i64(long at) {
    return little ? u32(at) | u32(at + 4) << 32 : u32(at) << 32 | u32(at + 4);
  }
}
