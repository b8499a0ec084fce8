package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.DeviceException;

/** A text that is not PTX, or not of the part that the interpreter knows; the message names the line. */
public final class PtxException extends DeviceException {
  private static final long serialVersionUID = 1;

  PtxException(String message) {
    super(message);
  }
}
