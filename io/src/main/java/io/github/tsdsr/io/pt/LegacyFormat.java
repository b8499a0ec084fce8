package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.MappedFile;
import io.github.tsdsr.io.pt.Pickled.Dict;
import io.github.tsdsr.io.pt.Pickled.Items;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The format before zip files: five pickles (magic number, version, system, object, keys of the storages), then each
 * storage in the keys' order, 8 bytes of element count before its data.
 */
final class LegacyFormat implements StorageSource {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;

  private final MappedFile file;
  private final Object object;
  private final boolean bigEndian;
  private final List<Object> keys;
  private final Map<String, Long> starts = new HashMap<>();
  private long at;

  LegacyFormat(MappedFile file) {
    this.file = file;
    if (!MAGIC.equals(next())) {
      throw wrong("the pickle does not begin with PyTorch's magic number");
    }
    if (!Long.valueOf(VERSION).equals(next())) {
      throw wrong("the file's format version is not " + VERSION);
    }
    bigEndian = next() instanceof Dict system && Boolean.FALSE.equals(system.map().get("little_endian"));
    object = next();
    if (!(next() instanceof Items list)) {
      throw wrong("the file has no list of its storages' keys");
    }
    keys = list.list;
  }

  private FormatException wrong(String problem) {
    return new FormatException(file.name(), problem);
  }

  private Object next() {
    MemorySegment rest = file.bytes().asSlice(at);
    PickleBytes in = new PickleBytes(file.name(), rest.asSlice(0, Math.min(Unpickler.LIMIT, rest.byteSize())));
    Object value = Unpickler.read(in);
    at += in.position();
    return value;
  }

  /** Tells the storages that the object names: their types give the places of all that follow. */
  void locate(Map<String, StorageId> storages) {
    MemorySegment all = file.bytes();
    ValueLayout.OfLong count =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (Object key : keys) {
      StorageId id = Optional.ofNullable(storages.get(key)).orElseThrow(
          () -> wrong("the file has a storage that no tensor uses, so that its size is not known"));
      if (all.byteSize() - at < Long.BYTES) {
        throw wrong("the file ends before storage " + key);
      }
      long stated = all.get(count, at);
      at += Long.BYTES;
      if (stated != id.count()) {
        throw wrong("storage " + key + " has " + stated + " elements, the pickle says " + id.count());
      }
      if (id.bytes() > all.byteSize() - at) {
        throw wrong("storage " + key + " of " + id.count() + " elements needs " + id.bytes() + " bytes, only "
            + (all.byteSize() - at) + " follow");
      }
      starts.put(id.key(), at);
      at += id.bytes();
    }
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
    Long start = starts.get(id.key());
    if (start == null) {
      throw wrong("storage " + id.key() + " is not in the file");
    }
    return file.bytes().asSlice(start, id.bytes());
  }
}
