package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.Tensor;

/**
 * A tensor that is trained.
 *
 * @param name unique among those trained together
 * @param value F32, row-major, updated in place
 */
public record Parameter(String name, Tensor value) {}
