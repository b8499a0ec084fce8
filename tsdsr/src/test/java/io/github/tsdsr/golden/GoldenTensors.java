package io.github.tsdsr.golden;

import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A safetensors file of the golden data, from the test resources. */
public final class GoldenTensors {
  private final Map<String, Object> header;
  private final ByteBuffer data;

  private GoldenTensors(Map<String, Object> header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  /** Reads {@code golden/<path>}. */
  public static GoldenTensors read(String path) {
    ByteBuffer file = ByteBuffer.wrap(bytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) file.getLong()];
    file.get(header);
    return new GoldenTensors(GoldenJson.object(GoldenJson.parse(new String(header, StandardCharsets.UTF_8))),
        file.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  static byte[] bytes(String path) {
    try (InputStream in = GoldenTensors.class.getResourceAsStream("/golden/" + path)) {
      if (in == null) {
        throw new IllegalStateException("no test resource golden/" + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All tensor names. */
  public Set<String> names() {
    return header.keySet();
  }

  /** The sizes of a tensor's axes. */
  public int[] shape(String name) {
    return GoldenJson.ints(entry(name).get("shape"));
  }

  /** An F32 tensor's values in order. */
  public float[] floats(String name) {
    float[] out = new float[length(name) / 4];
    window(name).asFloatBuffer().get(out);
    return out;
  }

  /** An F64 tensor's values in order. */
  public double[] doubles(String name) {
    double[] out = new double[length(name) / 8];
    window(name).asDoubleBuffer().get(out);
    return out;
  }

  /** A U8 tensor of shape (height, width, channels). */
  public BytePixels bytePicture(String name) {
    int[] shape = shape(name);
    byte[] out = new byte[length(name)];
    window(name).get(out);
    return new BytePixels(shape[1], shape[0], shape[2], out);
  }

  /** An F32 tensor of shape (1, channels, height, width), channels last. */
  public FloatPixels floatPicture(String name) {
    int[] shape = shape(name);
    int channels = shape[1];
    int pixels = shape[2] * shape[3];
    float[] planes = floats(name);
    float[] out = new float[planes.length];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < pixels; i++) {
        out[i * channels + c] = planes[c * pixels + i];
      }
    }
    return new FloatPixels(shape[3], shape[2], channels, out);
  }

  private Map<String, Object> entry(String name) {
    if (!header.containsKey(name)) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return GoldenJson.object(header.get(name));
  }

  private int length(String name) {
    int[] offsets = GoldenJson.ints(entry(name).get("data_offsets"));
    return offsets[1] - offsets[0];
  }

  private ByteBuffer window(String name) {
    List<?> offsets = (List<?>) entry(name).get("data_offsets");
    return data.slice(((Number) offsets.get(0)).intValue(), length(name)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
