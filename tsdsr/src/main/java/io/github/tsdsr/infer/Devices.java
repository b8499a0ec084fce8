package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.DType;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the names of devices and precisions stand for. */
final class Devices {
  private static final Pattern CUDA = Pattern.compile("cuda(:\\d{1,3})?");

  private Devices() {}

  /**
   * The type of activations on a device.
   *
   * @throws IllegalArgumentException if there is no such device, or it does not compute in that precision
   */
  static DType activations(String device, Precision precision) {
    if (CUDA.matcher(device).matches()) {
      throw new IllegalArgumentException(
          "device " + device + ": this version has no CUDA device yet, expected auto or cpu");
    }
    if (!device.equals("auto") && !device.equals("cpu")) {
      throw new IllegalArgumentException("device " + device + ": expected auto, cpu, cuda or cuda:N");
    }
    if (precision != Precision.AUTO && precision != Precision.F32) {
      throw new IllegalArgumentException("precision " + precision.name().toLowerCase(Locale.ROOT)
          + ": the CPU computes in f32, whatever the type of the weights");
    }
    return DType.F32;
  }
}
