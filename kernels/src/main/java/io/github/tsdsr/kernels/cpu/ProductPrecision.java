package io.github.tsdsr.kernels.cpu;

/** What the factors of large products are rounded to. Sums, and everything else, are in F32. */
public enum ProductPrecision {
  /** Not rounded. */
  F32,
  /**
   * Matrix products and forward convolutions round both factors to BF16, two to three digits, for twice the speed: those whose
   * inputs or channels are a multiple of 32, and whose left factor has its rows in one piece. On processors with AVX512_BF16, in
   * machine code. Attention is not among them.
   */
  BF16
}
