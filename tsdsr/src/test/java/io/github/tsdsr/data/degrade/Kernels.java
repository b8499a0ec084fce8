package io.github.tsdsr.data.degrade;

import java.util.Locale;
import java.util.Map;

/** Kernels as the reference data describe and store them. */
final class Kernels {
  private Kernels() {}

  static BlurKernel of(Map<String, Object> c) {
    String kind = (String) c.get("kind");
    if (kind.equals("pulse")) {
      return BlurKernel.pulse();
    }
    int size = ((Number) c.get("size")).intValue();
    if (kind.equals("sinc")) {
      return BlurKernel.sinc(size, number(c, "cutoff", 0));
    }
    KernelShape shape = KernelShape.valueOf(kind.toUpperCase(Locale.ROOT));
    double sigmaX = number(c, "sigma_x", 0);
    return BlurKernel.of(shape.profile(), size, sigmaX, shape.isIsotropic() ? sigmaX : number(c, "sigma_y", 0),
        number(c, "theta", 0), number(c, "beta", 0));
  }

  private static double number(Map<String, Object> c, String key, double absent) {
    return c.get(key) == null ? absent : ((Number) c.get(key)).doubleValue();
  }

  /** The weights with zeros around them. */
  static double[] padded(BlurKernel kernel, int size) {
    double[] out = new double[size * size];
    int edge = (size - kernel.size()) / 2;
    for (int i = 0; i < kernel.weights().length; i++) {
      out[(i / kernel.size() + edge) * size + i % kernel.size() + edge] = kernel.weights()[i];
    }
    return out;
  }
}
