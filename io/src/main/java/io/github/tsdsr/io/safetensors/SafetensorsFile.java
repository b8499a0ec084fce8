package io.github.tsdsr.io.safetensors;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A safetensors file as weights: mapped into memory, nothing is copied. Tensors are read-only in fact (the mapping is) and
 * live until the file is closed. They may begin at any byte, whatever their type.
 */
public final class SafetensorsFile implements Weights, AutoCloseable {
  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final Arena arena;
  private final SafetensorsHeader header;
  private final Map<String, Tensor> tensors = new HashMap<>();

  private SafetensorsFile(String file, Arena arena, MemorySegment all) {
    this.file = file;
    this.arena = arena;
    if (all.byteSize() < LENGTH_BYTES) {
      throw new FormatException(file, "a safetensors file has at least 8 bytes, this one " + all.byteSize());
    }
    long length = all.get(LENGTH, 0);
    long room = all.byteSize() - LENGTH_BYTES;
    if (length < 0 || length > SafetensorsHeader.LIMIT) {
      throw new FormatException(
          file, "a header of " + Long.toUnsignedString(length) + " bytes, expected at most " + SafetensorsHeader.LIMIT);
    }
    if (length > room) {
      throw new FormatException(file, "a header of " + length + " bytes, but only " + room + " follow");
    }
    byte[] json = all.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    header = SafetensorsHeader.parse(file, json, room - length);
    MemorySegment data = all.asSlice(LENGTH_BYTES + length);
    header.entries().forEach((name, e) -> {
      MemorySegment part = data.asSlice(e.begin(), e.end() - e.begin());
      tensors.put(name, new Tensor(new HostStorage(part, () -> {}), e.dtype(), Layout.contiguous(e.shape())));
    });
  }

  /**
   * Maps a file.
   *
   * @throws FormatException if it is not a valid safetensors file
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new SafetensorsFile(path.toString(), arena, all);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads a file that is in memory already, such as a resource.
   *
   * @param name what messages call it
   */
  public static SafetensorsFile of(byte[] bytes, String name) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment all = arena.allocate(Math.max(1, bytes.length), LENGTH_BYTES);
      MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return new SafetensorsFile(name, arena, all.asSlice(0, bytes.length));
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** The tensors' names, in the header's order. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** The strings that the file's writer left. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked(file, name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Ends the mapping; the tensors must not be used any more. */
  @Override
  public void close() {
    arena.close();
  }
}
