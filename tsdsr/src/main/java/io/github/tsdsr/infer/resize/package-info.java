/**
 * The two resizers of one-step super-resolution: {@link io.github.tsdsr.infer.resize.TorchBicubic} brings the input
 * to the processed size, {@link io.github.tsdsr.infer.resize.PillowResize} brings bytes back and makes the colour
 * reference.
 */
package io.github.tsdsr.infer.resize;
