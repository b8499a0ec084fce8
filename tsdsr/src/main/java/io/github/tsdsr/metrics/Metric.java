package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A measure of pictures. */
public interface Metric {
  /** What people write to ask for it, in lower case. */
  String label();

  /** Whether it compares with a target. */
  boolean needsTarget();

  /** How many decimals are worth showing. */
  int decimals();

  /**
   * The value for a picture.
   *
   * @param target what it should look like; of no matter where {@link #needsTarget} says no
   * @throws IllegalArgumentException if the sizes differ or the measure cannot be taken of such a picture
   */
  double of(BytePixels picture, BytePixels target);

  /**
   * The metrics of a list such as "psnr,ssim".
   *
   * @param more metrics besides the plain ones, by their labels; only made where the list has them
   * @throws IllegalArgumentException if one is not known
   */
  static List<Metric> named(String list, Map<String, Supplier<? extends Metric>> more) {
    Map<String, Supplier<? extends Metric>> known = new LinkedHashMap<>();
    for (PlainMetric plain : PlainMetric.values()) {
      known.put(plain.label(), () -> plain);
    }
    known.putAll(more);
    List<Metric> metrics = new ArrayList<>();
    for (String name : Arrays.stream(list.split(",", -1)).map(String::strip).distinct().toList()) {
      if (!known.containsKey(name)) {
        throw new IllegalArgumentException(
            "metric '" + name + "' is not known: expected " + String.join(", ", known.keySet()));
      }
      metrics.add(known.get(name).get());
    }
    return metrics;
  }
}
