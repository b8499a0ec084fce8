package io.github.tsdsr.infer;

import io.github.tsdsr.kernels.cpu.ProductPrecision;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import java.util.regex.Pattern;

/** What the names of devices and precisions stand for. */
final class Devices {
  private static final Pattern CUDA = Pattern.compile("cuda(:\\d{1,3})?");

  private Devices() {}

  /**
   * What the factors of large products are rounded to on a device. Activations are in F32 on the CPU, whatever the precision.
   *
   * @throws IllegalArgumentException if there is no such device, or it does not compute in that precision
   */
  static ProductPrecision products(String device, Precision precision) {
    if (CUDA.matcher(device).matches()) {
      throw new IllegalArgumentException(
          "device " + device + ": this version has no CUDA device yet, expected auto or cpu");
    }
    if (!device.equals("auto") && !device.equals("cpu")) {
      throw new IllegalArgumentException("device " + device + ": expected auto, cpu, cuda or cuda:N");
    }
    return switch (precision) {
      case AUTO, F32 -> ProductPrecision.F32;
      case BF16 -> {
        if (!VectorBackend.has(ProductPrecision.BF16)) {
          throw new IllegalArgumentException(
              "precision bf16: expected a processor with AVX512_BF16 under Linux, or f32");
        }
        yield ProductPrecision.BF16;
      }
      case F16 -> throw new IllegalArgumentException("precision f16: the CPU multiplies in f32 or bf16");
    };
  }
}
