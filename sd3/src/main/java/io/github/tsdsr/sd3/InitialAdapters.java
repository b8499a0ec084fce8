package io.github.tsdsr.sd3;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Unary;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** New adapters, which change nothing yet: A normal with deviation 1 / rank, B zero. A tensor depends on seed and name. */
public final class InitialAdapters {
  // Keeps off the streams of weights, which are numbered by CRC-32 alone.
  private static final long STREAMS = 1L << 33;

  private InitialAdapters() {}

  /**
   * Makes them in F32.
   *
   * @param scope owns them
   * @param shapes from {@link LoraTargets#shapes}
   */
  public static Map<String, Tensor> make(Scope scope, Map<String, Layout> shapes, long seed) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    shapes.forEach((name, layout) -> {
      boolean a = name.endsWith(".lora_A.weight");
      Tensor t = a ? scope.empty(DType.F32, layout.shape()) : scope.zeros(DType.F32, layout.shape());
      if (a) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        scope.backend().run(new Random(Random.Distribution.NORMAL, seed, STREAMS + crc.getValue(), 0, t));
        scope.backend().run(Unary.affine(t, 1.0 / layout.size(0), 0, t));
      }
      all.put(name, t);
    });
    return all;
  }
}
