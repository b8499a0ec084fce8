package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Tensor;

/**
 * A low-rank addition to one weight (LoRA, arXiv 2106.09685): y += scale B(A x).
 *
 * @param a for a linear layer (r,I); for a convolution (r,kh,kw,C), with the convolution's stride and padding
 * @param b (O,r); for a convolution a 1x1 convolution (O,1,1,r)
 * @param scale alpha / rank
 */
public record Adapter(Tensor a, Tensor b, double scale) {}
