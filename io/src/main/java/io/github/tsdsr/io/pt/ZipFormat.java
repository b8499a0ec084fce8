package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The zip format (PyTorch 1.6 and later): {@code <root>/data.pkl}, a storage each in {@code <root>/data/<key>}, and
 * {@code <root>/byteorder}. Stored entries are used in place, and their checksums not tested: that would read the whole file.
 */
final class ZipFormat implements StorageSource {
  private static final String PICKLE = "/data.pkl";
  /** Deflate makes at most 1032 bytes of one. */
  private static final long MOST_EXPANSION = 1032;
  private static final int PIECE = 1 << 16;

  private final MappedFile file;
  private final Map<String, ZipDirectory.Entry> entries;
  private final String root;
  private final boolean bigEndian;
  private final Object object;

  ZipFormat(MappedFile file) {
    this.file = file;
    entries = ZipDirectory.read(file.name(), file.bytes());
    List<String> pickles = entries.keySet().stream().filter(n -> n.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw wrong("the zip file has " + pickles.size() + " entries */data.pkl, expected one");
    }
    root = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
    if (entries.containsKey(root + "/constants.pkl")) {
      throw wrong("a TorchScript archive, which holds code, not a file of tensors");
    }
    bigEndian = readByteOrder();
    ZipDirectory.Entry pickle = entries.get(root + PICKLE);
    if (pickle.size() > Unpickler.LIMIT) {
      throw wrong("a pickle of " + pickle.size() + " bytes, expected at most " + Unpickler.LIMIT);
    }
    MemorySegment bytes = contents(pickle);
    checkSum(pickle, bytes);
    object = Unpickler.read(new PickleBytes(file.name(), bytes));
  }

  private FormatException wrong(String problem) {
    return new FormatException(file.name(), problem);
  }

  private boolean readByteOrder() {
    ZipDirectory.Entry entry = entries.get(root + "/byteorder");
    if (entry == null) {
      return false;
    }
    String order = entry.size() > 16
        ? "more than 16 bytes"
        : new String(contents(entry).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    return switch (order) {
      case "little" -> false;
      case "big" -> true;
      default -> throw wrong("the entry byteorder holds " + order + ", expected little or big");
    };
  }

  @Override
  public Object object() {
    return object;
  }

  @Override
  public boolean bigEndian() {
    return bigEndian;
  }

  @Override
  public MemorySegment bytes(StorageId id) {
    ZipDirectory.Entry entry = entries.get(root + "/data/" + id.key());
    if (entry == null) {
      throw wrong("storage " + id.key() + " is not in the archive");
    }
    if (entry.size() != id.bytes()) {
      throw wrong(
          "storage " + id.key() + " of " + id.count() + " elements needs " + id.bytes() + " bytes, its entry has "
              + entry.size());
    }
    return contents(entry);
  }

  private MemorySegment contents(ZipDirectory.Entry entry) {
    if (entry.method() == 0) {
      return entry.data();
    }
    long packed = entry.data().byteSize();
    if (entry.size() / MOST_EXPANSION > packed) {
      throw wrong("entry " + entry.name() + " claims " + entry.size() + " bytes from " + packed
          + ", more than deflate can make");
    }
    MemorySegment to = file.allocate(entry.size());
    inflate(entry, to);
    checkSum(entry, to);
    return to;
  }

  private void inflate(ZipDirectory.Entry entry, MemorySegment to) {
    MemorySegment from = entry.data();
    try (Inflater inflater = new Inflater(true)) {
      byte[] piece = new byte[PIECE];
      long read = 0;
      long written = 0;
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          long n = Math.min(PIECE, from.byteSize() - read);
          inflater.setInput(from.asSlice(read, n).asByteBuffer());
          read += n;
        }
        int n = inflater.inflate(piece);
        if (n > to.byteSize() - written || n == 0 && !inflater.finished() && read == from.byteSize()) {
          throw wrong("entry " + entry.name() + " does not expand to the " + entry.size() + " bytes it claims");
        }
        MemorySegment.copy(piece, 0, to, ValueLayout.JAVA_BYTE, written, n);
        written += n;
      }
      if (written != to.byteSize()) {
        throw wrong("entry " + entry.name() + " expands to " + written + " bytes, it claims " + entry.size());
      }
    } catch (DataFormatException e) {
      throw wrong("entry " + entry.name() + " is not valid deflate data");
    }
  }

  private void checkSum(ZipDirectory.Entry entry, MemorySegment bytes) {
    CRC32 crc = new CRC32();
    for (long at = 0; at < bytes.byteSize(); at += PIECE) {
      crc.update(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
    }
    if (crc.getValue() != entry.crc()) {
      throw wrong("entry " + entry.name() + " is damaged: its checksum does not fit");
    }
  }
}
