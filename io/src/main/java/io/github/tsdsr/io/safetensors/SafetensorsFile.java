package io.github.tsdsr.io.safetensors;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.file.MappedFile;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A safetensors file as weights: mapped into memory, nothing is copied. Tensors are read-only in fact (the mapping is) and
 * live until the file is closed and nothing else owns their storage. Each has a storage of its own, since it may begin at
 * any byte, whatever its type: kernels must not assume alignment.
 */
public final class SafetensorsFile implements NamedWeights {
  private static final long PIECE = 64 << 20;
  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final SafetensorsHeader header;
  private final Map<String, Tensor> tensors = new HashMap<>();

  private SafetensorsFile(MappedFile file) {
    this.file = file;
    MemorySegment all = file.bytes();
    if (all.byteSize() < LENGTH_BYTES) {
      throw new FormatException(
          file.name(),
          "a safetensors file has at least 8 bytes, the length of its header; this one has " + all.byteSize());
    }
    long length = all.get(LENGTH, 0);
    long room = all.byteSize() - LENGTH_BYTES;
    if (length < 0 || length > SafetensorsHeader.LIMIT) {
      throw new FormatException(
          file.name(),
          "a header of " + Long.toUnsignedString(length) + " bytes, expected at most " + SafetensorsHeader.LIMIT);
    }
    if (length > room) {
      throw new FormatException(file.name(), "a header of " + length + " bytes, but only " + room + " follow");
    }
    byte[] json = all.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    header = SafetensorsHeader.parse(file.name(), json, room - length);
    MemorySegment data = all.asSlice(LENGTH_BYTES + length);
    header.entries().forEach((name, e) -> {
      MemorySegment part = data.asSlice(e.begin(), e.end() - e.begin());
      tensors.put(name, new Tensor(file.storage(part), e.dtype(), Layout.contiguous(e.shape())));
    });
  }

  /**
   * Maps a file.
   *
   * @throws FormatException if it is not a valid safetensors file
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    return read(MappedFile.open(path));
  }

  /**
   * Reads a file that is in memory already, such as a resource.
   *
   * @param name what messages call it
   * @throws FormatException if it is not a valid safetensors file
   */
  public static SafetensorsFile of(byte[] bytes, String name) {
    return read(MappedFile.of(bytes, name));
  }

  private static SafetensorsFile read(MappedFile file) {
    try {
      return new SafetensorsFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Checks the checksum that {@link SafetensorsWriter#writeChecked} has left, reading the whole file. A file without one
   * passes.
   *
   * @throws FormatException if a bit is not as it was written
   */
  public void verify() {
    Tensor stored = tensors.get(SafetensorsWriter.CHECKSUM);
    if (stored == null && !metadata().containsKey(SafetensorsWriter.CHECKSUM)) {
      return;
    }
    MemorySegment all = file.bytes();
    long end = all.byteSize() - Long.BYTES;
    CRC32 crc = new CRC32();
    for (long at = 0; at < end; at += PIECE) {
      crc.update(all.asSlice(at, Math.min(PIECE, end - at)).asByteBuffer());
    }
    if (stored == null || crc.getValue() != all.get(LENGTH, end)) {
      throw new FormatException(file.name(), "its contents differ from their checksum");
    }
  }

  @Override
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** The strings that the file's writer left. */
  public Map<String, String> metadata() {
    return header.metadata();
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
