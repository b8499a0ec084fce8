package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.file.MappedFile;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file that PyTorch saved (.pt, .pth), in the zip format or the one before it. Tensors are named by their paths: keys of
 * dicts and indexes of lists joined by {@code /}, the empty string for a bare tensor. They keep their strides, may share
 * storages, and live until the file is closed and nothing else owns their storage. Little-endian, uncompressed storages are
 * used where they lie in the mapped file.
 *
 * <p>No code of the file is run: what is not needed to make tensors is refused.
 */
public final class PtFile implements NamedWeights {
  private static final int PROTO = 0x80;

  private final MappedFile file;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> values;

  private PtFile(MappedFile file) {
    this.file = file;
    StorageSource source = ZipDirectory.looksLikeZip(file.bytes()) ? new ZipFormat(file) : legacy(file);
    Contents contents = Contents.of(source.object(), this::wrong);
    Map<String, StorageId> ids = ids(contents);
    if (source instanceof LegacyFormat legacy) {
      legacy.locate(ids);
    }
    Map<String, HostStorage> storages = new HashMap<>();
    contents.tensors().forEach((path, t) -> {
      HostStorage storage = storages.computeIfAbsent(t.storage().key(), _ -> storage(source, t.storage()));
      tensors.put(path, new Tensor(storage, t.storage().dtype(), t.layout()));
    });
    values = Collections.unmodifiableMap(contents.values());
  }

  private static LegacyFormat legacy(MappedFile file) {
    MemorySegment bytes = file.bytes();
    if (bytes.byteSize() == 0) {
      throw new FormatException(file.name(), "the file is empty");
    }
    if ((bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xFF) == PROTO) {
      return new LegacyFormat(file);
    }
    String begin = new String(
        bytes.asSlice(0, Math.min(64, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    String guess = "";
    if (begin.startsWith("version https://git-lfs")) {
      guess = " but a Git LFS pointer; fetch the file itself";
    } else if (begin.stripLeading().startsWith("<")) {
      guess = " but a web page; the download failed";
    }
    throw new FormatException(file.name(), "neither a zip file nor a pickle" + guess);
  }

  private Map<String, StorageId> ids(Contents contents) {
    Map<String, StorageId> ids = new HashMap<>();
    for (StoredTensor t : contents.tensors().values()) {
      StorageId before = ids.putIfAbsent(t.storage().key(), t.storage());
      if (before != null && !before.equals(t.storage())) {
        throw wrong("storage " + before.key() + " is used as " + before.count() + " " + before.dtype() + " and as "
            + t.storage().count() + " " + t.storage().dtype());
      }
    }
    return ids;
  }

  private FormatException wrong(String problem) {
    return new FormatException(file.name(), problem);
  }

  private HostStorage storage(StorageSource source, StorageId id) {
    MemorySegment bytes = source.bytes(id);
    return file.storage(source.bigEndian() && id.dtype().bytes() > 1 ? swapped(bytes, id.dtype().bytes()) : bytes);
  }

  private MemorySegment swapped(MemorySegment bytes, int width) {
    MemorySegment to = file.allocate(bytes.byteSize());
    for (long at = 0; at < bytes.byteSize(); at += width) {
      for (int i = 0; i < width; i++) {
        to.set(ValueLayout.JAVA_BYTE, at + i, bytes.get(ValueLayout.JAVA_BYTE, at + width - 1 - i));
      }
    }
    return to;
  }

  /**
   * Maps a file and reads what is in it.
   *
   * @throws FormatException if it is not a valid file of tensors, or wants code to be run
   * @throws IOException if it cannot be read
   */
  public static PtFile open(Path path) throws IOException {
    return read(MappedFile.open(path));
  }

  /**
   * Reads a file that is in memory already, such as a resource.
   *
   * @param name what messages call it
   * @throws FormatException if it is not a valid file of tensors, or wants code to be run
   */
  public static PtFile of(byte[] bytes, String name) {
    return read(MappedFile.of(bytes, name));
  }

  private static PtFile read(MappedFile file) {
    try {
      return new PtFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The tensors by their paths, in the file's order. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** What lies beside the tensors, by path: Long, BigInteger, Double, Boolean and String. */
  public Map<String, Object> values() {
    return values;
  }

  @Override
  public Set<String> names() {
    return tensors().keySet();
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked(file.name(), name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public void close() {
    file.close();
  }
}
