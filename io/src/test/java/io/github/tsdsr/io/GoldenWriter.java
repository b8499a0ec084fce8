package io.github.tsdsr.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes safetensors files for tests, apart from the code that they test. */
final class GoldenWriter {
  private final ObjectNode header = new ObjectMapper().createObjectNode();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  GoldenWriter metadata(Map<String, String> strings) {
    if (!strings.isEmpty()) {
      ObjectNode node = header.putObject("__metadata__");
      strings.forEach(node::put);
    }
    return this;
  }

  GoldenWriter add(String name, DType dtype, long[] shape, byte[] bytes) {
    ObjectNode entry = header.putObject(name).put("dtype", dtype.name());
    entry.set("shape", new ObjectMapper().valueToTree(shape));
    entry.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
    data.writeBytes(bytes);
    return this;
  }

  /** The checksum of all tensors' bytes. */
  String crc32() {
    CRC32 crc = new CRC32();
    crc.update(data.toByteArray());
    return "%08x".formatted(crc.getValue());
  }

  void write(Path file) throws IOException {
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    ByteBuffer all = ByteBuffer.allocate(Long.BYTES + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(json.length).put(json).put(data.toByteArray());
    Files.write(file, all.array());
  }
}
