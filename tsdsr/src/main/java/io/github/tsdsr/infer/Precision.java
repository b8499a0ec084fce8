package io.github.tsdsr.infer;

/** What the networks compute in. */
public enum Precision {
  /** What suits the device: F32 on the CPU. */
  AUTO,
  F32,
  /**
   * On the CPU, where the processor has AVX512_BF16: matrix products and convolutions of many channels of factors rounded to BF16, summed
   * in F32, in about two thirds of a large model's time. Results differ from those of F32 by some thousandths.
   */
  BF16,
  /** Not on the CPU. */
  F16
}
