package io.github.tsdsr.train.start;

import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Philox;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Values;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** A model's weights as row-major float arrays by name, while they are being set up. */
public final class NamedArrays {
  private final Map<String, float[]> arrays = new LinkedHashMap<>();
  private final Map<String, Layout> shapes;
  private final long seed;

  private NamedArrays(Map<String, Layout> shapes, long seed) {
    this.shapes = shapes;
    this.seed = seed;
  }

  /** The ordinary initial weights of a model. */
  public static NamedArrays of(Backend backend, InitialWeights initial, long seed) {
    NamedArrays all = new NamedArrays(initial.shapes(), seed);
    for (String name : initial.shapes().keySet()) {
      try (Scope scope = Scope.on(backend)) {
        all.arrays.put(name, Values.floats(backend, initial.make(scope, name)));
      }
    }
    return all;
  }

  /** The arrays, to be changed in place. */
  public Map<String, float[]> arrays() {
    return arrays;
  }

  public Map<String, Layout> shapes() {
    return shapes;
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }

  float[] array(String name) {
    float[] a = arrays.get(name);
    if (a == null) {
      throw new IllegalArgumentException("the model has no weight " + name);
    }
    return a;
  }

  long size(String name, int axis) {
    return shapes.get(name).size(axis);
  }

  void fill(String name, double value) {
    Arrays.fill(array(name), (float) value);
  }

  /** Sets one value in rows {@code from} to {@code to} (exclusive) along the first axis. */
  void fillRows(String name, long from, long to, double value) {
    int row = Math.toIntExact(shapes.get(name).count() / size(name, 0));
    Arrays.fill(array(name), Math.toIntExact(from) * row, Math.toIntExact(to) * row, (float) value);
  }

  void scale(String name, double factor) {
    float[] a = array(name);
    for (int i = 0; i < a.length; i++) {
      a[i] *= (float) factor;
    }
  }

  /** Sets rows from the first axis to normal numbers of a deviation. */
  void normalRows(String name, long from, long to, double deviation) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    float[] a = array(name);
    double[] normal = new double[a.length];
    Philox.normal(seed, (1L << 32) + crc.getValue(), 0, normal);
    int row = Math.toIntExact(shapes.get(name).count() / size(name, 0));
    for (int i = Math.toIntExact(from) * row; i < Math.toIntExact(to) * row; i++) {
      a[i] = (float) (deviation * normal[i]);
    }
  }
}
