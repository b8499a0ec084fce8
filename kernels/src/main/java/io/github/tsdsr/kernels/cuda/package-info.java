/**
 * The CUDA backend: host code that launches kernels written by hand in PTX (resources {@code ptx/<family>.ptx}) through
 * {@link io.github.tsdsr.kernels.cuda.Device}, the few driver calls that it needs.
 */
package io.github.tsdsr.kernels.cuda;
