package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.Tensor;

/**
 * A loss of the student's latent.
 *
 * @param value of the batch
 * @param gradient of the value with respect to the latent (B,h,w,C)
 */
public record LatentLoss(double value, Tensor gradient) {}
