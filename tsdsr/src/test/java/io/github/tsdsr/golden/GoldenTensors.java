package io.github.tsdsr.golden;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/** A safetensors file of the golden data, from the test resources. */
public final class GoldenTensors {
  private final SafetensorsFile file;

  private GoldenTensors(SafetensorsFile file) {
    this.file = file;
  }

  /** Reads {@code golden/<path>}. */
  public static GoldenTensors read(String path) {
    return new GoldenTensors(SafetensorsFile.of(bytes(path), path));
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
    return file.names();
  }

  /** An F32 tensor's values in order. */
  public float[] floats(String name) {
    return segment(name).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  /** An F64 tensor's values in order. */
  public double[] doubles(String name) {
    return segment(name).toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
  }

  /** A U8 tensor of shape (height, width, channels). */
  public BytePixels bytePicture(String name) {
    Tensor t = tensor(name);
    return new BytePixels((int) t.size(1), (int) t.size(0), (int) t.size(2),
        segment(name).toArray(ValueLayout.JAVA_BYTE));
  }

  /** An F32 tensor of shape (1, channels, height, width), channels last. */
  public FloatPixels floatPicture(String name) {
    return floatPicture(name, 0);
  }

  /** One picture of an F32 tensor of shape (pictures, channels, height, width), channels last. */
  public FloatPixels floatPicture(String name, int picture) {
    Tensor t = tensor(name);
    FloatPixels out = FloatPixels.blank((int) t.size(3), (int) t.size(2), (int) t.size(1));
    float[] planes = floats(name);
    int pixels = out.width() * out.height();
    int first = picture * out.channels();
    for (int c = 0; c < out.channels(); c++) {
      for (int i = 0; i < pixels; i++) {
        out.samples()[i * out.channels() + c] = planes[(first + c) * pixels + i];
      }
    }
    return out;
  }

  private Tensor tensor(String name) {
    return file.find(name).orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
  }

  private MemorySegment segment(String name) {
    return ((HostStorage) tensor(name).storage()).segment();
  }
}
