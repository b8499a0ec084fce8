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

/** Writes safetensors files, one tensor at a time: the same tensors give the same bytes. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final long PIECE = 64 << 20;

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

  /** Writes tensors of a backend as they are, in the map's order. */
  public static void write(Path file, Backend backend, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    Map<String, Spec> specs = new LinkedHashMap<>();
    tensors.forEach((name, t) -> specs.put(name, new Spec(t.dtype(), t.shape())));
    write(file, backend, specs, metadata, (_, name) -> tensors.get(name));
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
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
      all(channel, length);
      all(channel, ByteBuffer.wrap(header));
      for (Map.Entry<String, Spec> e : specs.entrySet()) {
        try (Scope scope = Scope.on(backend);
            Arena arena = Arena.ofConfined()) {
          Tensor t = make.apply(scope, e.getKey());
          if (!t.hasShape(e.getValue().shape)) {
            throw new IllegalArgumentException(
                "tensor " + e.getKey() + " has shape " + t.layout() + ", announced was "
                    + Layout.contiguous(e.getValue().shape));
          }
          Tensor typed = t.dtype() == e.getValue().dtype ? t : converted(scope, t, e.getValue().dtype);
          MemorySegment bytes = arena.allocate(Math.max(1, typed.bytes()), ALIGNMENT);
          backend.download(typed, bytes);
          for (long at = 0; at < typed.bytes(); at += PIECE) {
            all(channel, bytes.asSlice(at, Math.min(PIECE, typed.bytes() - at)).asByteBuffer());
          }
        }
      }
    });
  }

  private static Tensor converted(Scope scope, Tensor t, DType dtype) {
    Tensor to = scope.empty(dtype, t.shape());
    scope.backend().run(new Copy(t, to));
    return to;
  }

  private static void all(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
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
