package io.github.tsdsr.kernels.cuda;

/** A kernel of a loaded module, ready to be launched on the device that loaded it. */
public interface DeviceFunction {
  /** The kernel's name in its PTX. */
  String name();
}
