/**
 * Stable Diffusion 3 (arXiv 2403.03206): the multimodal diffusion transformer, the autoencoder of its latents, the
 * flow-matching scheduler and low-rank adapters. Models are built from {@link io.github.tsdsr.tensor.Weights} under the
 * names of the diffusers library; they know neither files nor devices.
 */
package io.github.tsdsr.sd3;
