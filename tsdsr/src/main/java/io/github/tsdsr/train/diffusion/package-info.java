/**
 * How well a network denoises latents at levels of noise: the loss by which teachers are trained, and the LoRA model of a
 * distillation.
 */
package io.github.tsdsr.train.diffusion;
