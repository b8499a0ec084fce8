package io.github.tsdsr.kernels.cpu;

/**
 * What a CPU backend's kernels are made of. A backend takes the best that the machine and the JVM's flags allow, up to the one that
 * it is given. Machine code and vectors of 512 bits give the same bytes.
 */
public enum KernelCode {
  /** Plain Java. */
  SCALAR,
  /** Java on the Vector API, which HotSpot compiles while it runs. */
  VECTORS,
  /**
   * The kernels that matter most as machine code, which is fast from the first call: on Linux on x86-64 with AVX-512. The others as
   * under {@link #VECTORS}.
   */
  MACHINE_CODE
}
