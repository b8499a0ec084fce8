package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes files that {@code torch.load} reads, {@code weights_only} included: one bare F32 tensor in the zip format, entries
 * stored, little-endian. The same tensor gives the same bytes.
 */
public final class PtWriter {
  /** The folder in the archive; its name means nothing. */
  private static final String ROOT = "archive/";
  /** The earliest that a zip file can say. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private PtWriter() {}

  /**
   * Writes a tensor in row-major order; the file appears whole or not at all.
   *
   * @throws IllegalArgumentException if the shape does not have as many elements
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, float[] values, long... shape) throws IOException {
    AtomicFile.write(file, bytes(values, shape));
  }

  static byte[] bytes(float[] values, long... shape) throws IOException {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (count != values.length) {
      throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(shape) + " from " + values.length
          + " values");
    }
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, "data.pkl", new PtWriter().tensor(values.length, shape));
      entry(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      entry(zip, "data/0", data.array());
      entry(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
    return out.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** _rebuild_tensor_v2(storage, offset 0, shape, strides, requires_grad False, an empty OrderedDict of hooks). */
  private byte[] tensor(int count, long[] shape) {
    op(0x80);
    op(2);
    global("torch._utils", "_rebuild_tensor_v2");
    op('(');
    op('(');
    text("storage");
    global("torch", "FloatStorage");
    text("0");
    text("cpu");
    integer(count);
    op('t');
    // A persistent id: the storage is a file of its own.
    op('Q');
    integer(0);
    tuple(shape);
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    tuple(strides);
    // False.
    op(0x89);
    global("collections", "OrderedDict");
    op(')');
    op('R');
    op('t');
    op('R');
    op('.');
    return pickle.toByteArray();
  }

  private void op(int code) {
    pickle.write(code);
  }

  private void global(String module, String name) {
    op('c');
    pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void text(String text) {
    op('X');
    little(text.length());
    pickle.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void integer(int value) {
    op('J');
    little(value);
  }

  private void little(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      pickle.write(value >>> shift);
    }
  }

  private void tuple(long[] values) {
    op('(');
    for (long value : values) {
      integer(Math.toIntExact(value));
    }
    op('t');
  }
}
