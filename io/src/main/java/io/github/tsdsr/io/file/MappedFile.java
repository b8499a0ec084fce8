package io.github.tsdsr.io.file;

import io.github.tsdsr.tensor.HostStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's bytes in memory, read-only, and the storages that are parts of them. The bytes stay until the file has been
 * closed and every part has lost its last owner: a tensor that something else still owns survives {@link #close}, and one
 * that nobody owns fails when it is used instead of reading memory that is gone.
 */
public final class MappedFile implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final String name;
  private final Arena arena;
  private final MemorySegment bytes;
  private final List<HostStorage> parts = new ArrayList<>();
  // The file itself holds one share.
  private int shares = 1;
  private boolean closed;

  private MappedFile(String name, Arena arena, MemorySegment bytes) {
    this.name = name;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Maps a file.
   *
   * @throws IOException if it cannot be read
   */
  public static MappedFile open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(
          path.toString(), arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * A file that is in memory already, such as a resource; the bytes are copied.
   *
   * @param name what messages call it
   */
  public static MappedFile of(byte[] bytes, String name) {
    Arena arena = Arena.ofShared();
    MemorySegment all = arena.allocate(Math.max(1, bytes.length), ALIGNMENT);
    MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return new MappedFile(name, arena, all.asSlice(0, bytes.length).asReadOnly());
  }

  /** What messages call the file. */
  public String name() {
    return name;
  }

  /** All bytes; only to be used until {@link #close}. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Memory that lives as long as the file's bytes, for what cannot be used as it lies there. */
  public MemorySegment allocate(long size) {
    return arena.allocate(Math.max(1, size), ALIGNMENT).asSlice(0, size);
  }

  /** A storage on a part of the bytes, or on what {@link #allocate} gave. The file owns it until it is closed. */
  public HostStorage storage(MemorySegment part) {
    HostStorage storage = new HostStorage(part, this::leave);
    shares++;
    parts.add(storage);
    return storage;
  }

  private void leave() {
    if (--shares == 0) {
      arena.close();
    }
  }

  /** Lets go of all parts; without other owners the memory is given back at once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      parts.forEach(HostStorage::release);
      leave();
    }
  }
}
