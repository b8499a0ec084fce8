package io.github.tsdsr.kernels.cuda;

/** A device refused a call or failed; the message says which call and why. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DeviceException(String message) {
    super(message);
  }
}
