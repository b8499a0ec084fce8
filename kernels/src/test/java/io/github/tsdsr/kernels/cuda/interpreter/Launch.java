package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.LaunchShape;
import java.util.List;

/**
 * A kernel being run.
 *
 * @param number the launch's number, counted on the device
 * @param steps the kernel's instructions, decoded
 * @param layout its shared variables
 * @param arguments packed as {@link io.github.tsdsr.kernels.cuda.KernelArguments#bytes}
 */
record Launch(
    int number,
    Kernel kernel,
    List<Step> steps,
    SharedLayout layout,
    LaunchShape shape,
    byte[] arguments,
    AddressSpace global,
    Reports reports) {
  /**
   * Runs the blocks one after the other.
   *
   * @throws KernelFault if anything went wrong
   */
  void run() {
    try {
      for (long b = 0; b < shape.blocks(); b++) {
        new BlockRun(this, b).run();
      }
    } catch (Reports.Abort e) {
      // The report that ended it is among the others.
    }
    reports.check();
  }

  long argument(Kernel.Parameter p) {
    long value = 0;
    for (int i = p.type().bytes() - 1; i >= 0; i--) {
      value = value << 8 | arguments[p.offset() + i] & 0xff;
    }
    return value;
  }
}
