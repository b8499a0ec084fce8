package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/**
 * Weights made from their names, so that they need not be stored (golden README, first page): element i of the tensor
 * called name is shift + scale u_i, u_i = 2 (splitmix64(crc32(name) 2^32 + i) >>> 40) / 2^24 - 1.
 */
public final class GoldenWeights {
  private GoldenWeights() {}

  /**
   * How one tensor is made.
   *
   * @param name in the file; what is hashed is the manifest's prefix and this
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Made(String name, long[] shape, double scale, double shift) {
    int count() {
      return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
  }

  /** How all tensors of a file are made, in the file's order. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Manifest(String prefix, List<Made> tensors) {
    /** Reads {@code golden/<path>}, JSON. */
    public static Manifest read(String path) {
      try (InputStream in = GoldenWeights.class.getResourceAsStream("/golden/" + path)) {
        assertNotNull(in, () -> "no test resource golden/" + path);
        return new ObjectMapper().readValue(in, Manifest.class);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    float[] values(Made tensor) {
      double[] u = uniforms(prefix + tensor.name, tensor.count());
      float[] out = new float[u.length];
      for (int i = 0; i < u.length; i++) {
        out[i] = (float) (tensor.shift + tensor.scale * u[i]);
      }
      return out;
    }

    /** Some of the tensors, made as before. */
    public Manifest only(Predicate<Made> which) {
      return new Manifest(prefix, tensors.stream().filter(which).toList());
    }

    /** Writes them as a safetensors file. */
    public void write(Path file) {
      Map<String, SafetensorsWriter.Spec> specs = new LinkedHashMap<>();
      Map<String, Made> byName = new HashMap<>();
      tensors.forEach(t -> {
        specs.put(t.name, new SafetensorsWriter.Spec(DType.F32, t.shape));
        byName.put(t.name, t);
      });
      try (Backend backend = new ReferenceBackend()) {
        SafetensorsWriter.write(file, backend, specs, Map.of(), (scope, name) -> {
          Made t = byName.get(name);
          return Values.tensor(scope, DType.F32, values(t), t.shape);
        });
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** The tensors on a backend, as long as the scope lives. */
    public Weights load(Scope scope) {
      Map<String, Tensor> made = new HashMap<>();
      tensors.forEach(t -> made.put(t.name, Values.tensor(scope, DType.F32, values(t), t.shape)));
      return Weights.of(prefix + "*", made);
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
}
