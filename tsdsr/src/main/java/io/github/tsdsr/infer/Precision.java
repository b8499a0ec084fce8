package io.github.tsdsr.infer;

/** The type that activations are computed in. */
public enum Precision {
  /** What suits the device: F32 on the CPU. */
  AUTO,
  F32,
  BF16,
  F16
}
