package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Tensor;

/**
 * A low-rank addition to one weight (LoRA, arXiv 2106.09685): y += scale B(A x). The matrices lie as in a file.
 *
 * @param a for a linear layer (r,I); for a convolution (r,C,kh,kw), with the convolution's stride and padding
 * @param b for a linear layer (O,r); for a convolution (O,r,1,1)
 * @param scale alpha / rank
 */
public record Adapter(Tensor a, Tensor b, double scale) {}
