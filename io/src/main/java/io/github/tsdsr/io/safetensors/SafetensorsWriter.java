package io.github.tsdsr.io.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.zip.CRC32;

/** Writes safetensors files, one tensor at a time: the same tensors give the same bytes. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final long PIECE = 64 << 20;

  /** The metadata that tells of a checksum, and the last tensor, which holds it. */
  static final String CHECKSUM = "checksum";
  private static final String METHOD = "crc32";

  /** A file that is being written, and the checksum of what is there. */
  private record Output(FileChannel channel, CRC32 crc) {
    void write(ByteBuffer buffer) throws IOException {
      crc.update(buffer.duplicate());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private SafetensorsWriter() {}

  /** Type and shape of a tensor to be written. */
  public record Spec(DType dtype, long... shape) {
    /** Size in bytes. */
    public long bytes() {
      long n = dtype.bytes();
      for (long s : shape) {
        n = Math.multiplyExact(n, s);
      }
      return n;
    }
  }

  /**
   * Writes tensors of a backend as they are, in the map's order, and after them the CRC-32 of all bytes of the file so far,
   * header included, as one more tensor: {@link SafetensorsFile#verify} notices any bit that has changed.
   */
  public static void writeChecked(
      Path file, Backend backend, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    Map<String, Spec> specs = specs(tensors);
    if (specs.put(CHECKSUM, new Spec(DType.I64, 1)) != null) {
      throw new IllegalArgumentException("a tensor is called " + CHECKSUM + ", as the checksum will be");
    }
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(CHECKSUM, METHOD);
    byte[] header = header(specs, all);
    AtomicFile.write(file, channel -> {
      Output out = new Output(channel, new CRC32());
      begin(out, header);
      for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
        tensor(out, backend, e.getKey(), specs.get(e.getKey()), (_, name) -> tensors.get(name));
      }
      long sum = out.crc.getValue();
      out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, sum));
    });
  }

  private static Map<String, Spec> specs(Map<String, Tensor> tensors) {
    Map<String, Spec> specs = new LinkedHashMap<>();
    tensors.forEach((name, t) -> specs.put(name, new Spec(t.dtype(), t.shape())));
    return specs;
  }

  /** Writes tensors of a backend as they are, in the map's order. */
  public static void write(Path file, Backend backend, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    write(file, backend, specs(tensors), metadata, (_, name) -> tensors.get(name));
  }

  /**
   * Writes tensors that are made one by one; each is converted to the type of its specification.
   *
   * @param make makes the tensor of a name in a scope that is closed when it has been written
   */
  public static void write(
      Path file, Backend backend, Map<String, Spec> specs, Map<String, String> metadata,
      BiFunction<Scope, String, Tensor> make)
      throws IOException {
    byte[] header = header(specs, metadata);
    AtomicFile.write(file, channel -> {
      Output out = new Output(channel, new CRC32());
      begin(out, header);
      for (Map.Entry<String, Spec> e : specs.entrySet()) {
        tensor(out, backend, e.getKey(), e.getValue(), make);
      }
    });
  }

  private static void begin(Output out, byte[] header) throws IOException {
    out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
    out.write(ByteBuffer.wrap(header));
  }

  private static void tensor(
      Output out, Backend backend, String name, Spec spec, BiFunction<Scope, String, Tensor> make)
      throws IOException {
    try (Scope scope = Scope.on(backend);
        Arena arena = Arena.ofConfined()) {
      Tensor t = make.apply(scope, name);
      if (!t.hasShape(spec.shape)) {
        throw new IllegalArgumentException("tensor " + name + " has shape " + t.layout() + ", announced was "
            + Layout.contiguous(spec.shape));
      }
      Tensor typed = t.dtype() == spec.dtype ? t : converted(scope, t, spec.dtype);
      MemorySegment bytes = arena.allocate(Math.max(1, typed.bytes()), ALIGNMENT);
      backend.download(typed, bytes);
      for (long at = 0; at < typed.bytes(); at += PIECE) {
        out.write(bytes.asSlice(at, Math.min(PIECE, typed.bytes() - at)).asByteBuffer());
      }
    }
  }

  private static Tensor converted(Scope scope, Tensor t, DType dtype) {
    Tensor to = scope.empty(dtype, t.shape());
    scope.backend().run(new Copy(t, to));
    return to;
  }

  private static byte[] header(Map<String, Spec> specs, Map<String, String> metadata) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject("__metadata__");
      metadata.forEach(strings::put);
    }
    long at = 0;
    for (Map.Entry<String, Spec> e : specs.entrySet()) {
      ObjectNode entry = root.putObject(e.getKey());
      entry.put("dtype", e.getValue().dtype.name());
      ArrayNode shape = entry.putArray("shape");
      for (long n : e.getValue().shape) {
        shape.add(n);
      }
      entry.putArray("data_offsets").add(at).add(at + e.getValue().bytes());
      at += e.getValue().bytes();
    }
    byte[] json = mapper.writeValueAsBytes(root);
    // The data begin at a multiple of 8: the format asks for no more, and pads with spaces.
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    String spaces = " ".repeat(padded - json.length);
    return (new String(json, StandardCharsets.UTF_8) + spaces).getBytes(StandardCharsets.UTF_8);
  }
}
