package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/**
 * Weights made from their names, so that they need not be stored (golden README, first page): element i of the tensor
 * called name is shift + scale u_i, u_i = 2 (splitmix64(crc32(name) 2^32 + i) >>> 40) / 2^24 - 1.
 */
public final class GoldenWeights {
  /** What a resource is called that says how the file of the name before it is made: a {@link Manifest}. */
  static final String MADE = ".made.json";

  private GoldenWeights() {}

  /**
   * How one tensor is made.
   *
   * @param positions instead of scale and shift for a table of positions; else null
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Made(String name, long[] shape, double scale, double shift, Positions positions) {
    /** Made from its name. */
    public Made(String name, long[] shape, double scale, double shift) {
      this(name, shape, scale, shift, null);
    }

    int count() {
      return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
  }

  /**
   * A table of sinusoidal positions (1,side^2,d), as diffusers makes it with single precision for the positions.
   *
   * @param base positions along a side of the pictures trained on
   */
  public record Positions(int side, int base) {
    float[] values(int d) {
      float[] table = new float[side * side * d];
      int quarter = d / 4;
      for (int at = 0; at < side * side; at++) {
        for (int k = 0; k < quarter; k++) {
          double frequency = Math.pow(10000, -(double) k / quarter);
          double x = (float) (at % side) / (float) ((double) side / base) * frequency;
          double y = (float) (at / side) / (float) ((double) side / base) * frequency;
          table[at * d + k] = (float) Math.sin(x);
          table[at * d + quarter + k] = (float) Math.cos(x);
          table[at * d + 2 * quarter + k] = (float) Math.sin(y);
          table[at * d + 3 * quarter + k] = (float) Math.cos(y);
        }
      }
      return table;
    }
  }

  /**
   * How all tensors of a file are made, in the file's order.
   *
   * @param prefix stands before a tensor's name in what is hashed
   * @param under stands before a tensor's name in the file; null for nothing
   * @param tensors null where they are those of another file
   * @param like the path of that other file, or null
   * @param only names of those of the other file's tensors that this one has, or null for all
   * @param dtype null for F32
   * @param crc32 of all tensors' bytes in the original file, or null if there is none
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Manifest(
      String prefix, String under, List<Made> tensors, String like, Set<String> only, DType dtype, String crc32) {
    /** Of tensors under their own names, in F32. */
    public Manifest(String prefix, List<Made> tensors) {
      this(prefix, null, tensors, null, null, null, null);
    }

    /** Reads {@code golden/<path>}, JSON. */
    public static Manifest read(String path) {
      try (InputStream in = GoldenWeights.class.getResourceAsStream("/golden/" + path)) {
        assertNotNull(in, () -> "no test resource golden/" + path);
        return read(in);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    static Manifest read(InputStream in) throws IOException {
      Manifest read = new ObjectMapper().readValue(in, Manifest.class);
      if (read.like == null) {
        return read;
      }
      Manifest like = read(read.like + MADE);
      List<Made> some = like.tensors.stream().filter(t -> read.only == null || read.only.contains(t.name)).toList();
      return new Manifest(like.prefix, like.under, some, null, null, read.dtype, read.crc32);
    }

    /** Some of the tensors, made as before. */
    public Manifest only(Predicate<Made> which) {
      return new Manifest(prefix, under, tensors.stream().filter(which).toList(), null, null, dtype, null);
    }

    /**
     * Writes them as a safetensors file.
     *
     * @throws AssertionError if they are not those of the original file, bit for bit
     */
    public void write(Path file) {
      GoldenWriter writer = new GoldenWriter();
      DType type = dtype == null ? DType.F32 : dtype;
      tensors.forEach(t -> writer.add(nameInFile(t), type, t.shape, bytes(values(t), type)));
      if (crc32 != null) {
        assertEquals(crc32, writer.crc32(), () -> "the bytes of what was made for " + file.getFileName());
      }
      try {
        writer.write(file);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** The tensors on a backend in F32, as long as the scope lives. */
    public Weights load(Scope scope) {
      Map<String, Tensor> made = new HashMap<>();
      tensors.forEach(t -> made.put(nameInFile(t), Values.tensor(scope, DType.F32, values(t), t.shape)));
      return Weights.of(prefix + "*", made);
    }

    private String nameInFile(Made tensor) {
      return under == null ? tensor.name : under + tensor.name;
    }

    private float[] values(Made tensor) {
      if (tensor.positions != null) {
        return tensor.positions.values((int) tensor.shape[2]);
      }
      double[] u = uniforms(prefix + tensor.name, tensor.count());
      float[] out = new float[u.length];
      for (int i = 0; i < u.length; i++) {
        out[i] = (float) (tensor.shift + tensor.scale * u[i]);
      }
      return out;
    }
  }

  /** The numbers u_i of a name: evenly spread over [-1,1). */
  public static double[] uniforms(String name, int count) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    double[] u = new double[count];
    for (int i = 0; i < count; i++) {
      u[i] = (mixed((crc.getValue() << 32) + i) >>> 40) / (double) (1 << 24) * 2 - 1;
    }
    return u;
  }

  /** splitmix64. */
  private static long mixed(long x) {
    long z = x + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** Rounded to nearest, ties to even; without the project's own conversions, which tests compare with this. */
  private static byte[] bytes(float[] values, DType dtype) {
    ByteBuffer out = ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      int bits = Float.floatToRawIntBits(v);
      switch (dtype) {
        case F32 -> out.putInt(bits);
        case F16 -> out.putShort(Float.floatToFloat16(v));
        case BF16 -> out.putShort((short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16));
        default -> throw new AssertionError("weights from names in " + dtype);
      }
    }
    return out.array();
  }
}
