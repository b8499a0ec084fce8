package io.github.tsdsr.kernels.cuda;

import java.lang.foreign.MemorySegment;

/**
 * What the CUDA backend needs of a driver, call by call. Work is done in program order. A device belongs to one thread
 * at a time.
 */
public interface Device extends AutoCloseable {
  /** The model's name (cuDeviceGetName). */
  String name();

  /** What the device can do (cuDeviceGetAttribute). */
  ComputeCapability computeCapability();

  /**
   * Takes device memory with undefined contents (cuMemAlloc). The address is a multiple of 256.
   *
   * @param bytes more than 0
   * @return its address
   * @throws io.github.tsdsr.tensor.MemoryLimitException if there is no room
   */
  long allocate(long bytes);

  /** Gives memory back (cuMemFree), when the work that was launched before is done. */
  void free(long address);

  /** Copies a whole host segment to the device (cuMemcpyHtoD); on return the segment may be reused. */
  void copyToDevice(MemorySegment from, long to);

  /** Fills a whole host segment from the device (cuMemcpyDtoH), when the work that was launched before is done. */
  void copyToHost(long from, MemorySegment to);

  /**
   * Compiles PTX for this device (cuModuleLoadDataEx).
   *
   * @throws DeviceException if it cannot be compiled; the message holds the compiler's log
   */
  DeviceModule load(String ptx);

  /**
   * Launches a kernel (cuLaunchKernel). It may run later; what it does wrong may be reported by a later call.
   *
   * @throws DeviceException if it cannot be launched
   */
  void launch(DeviceFunction function, LaunchShape shape, KernelArguments arguments);

  /** Waits until everything launched is done (cuCtxSynchronize). */
  void synchronize();

  /** Unloads all modules and gives all memory back. */
  @Override
  void close();
}
