package io.github.tsdsr.kernels.cuda;

/** Compiled PTX on a device. It lives as long as the device, or until it is closed. */
public interface DeviceModule extends AutoCloseable {
  /**
   * A handle of a kernel (cuModuleGetFunction).
   *
   * @throws DeviceException if the module has no kernel of that name
   */
  DeviceFunction function(String name);

  /** Unloads it (cuModuleUnload); its functions must not be launched any more. */
  @Override
  void close();
}
