/**
 * The CPU backend: kernels on the Vector API over off-heap memory, at absolute addresses whose bounds the operations'
 * constructors have proven. Classes that name the incubating module are loaded only where it is there.
 */
package io.github.tsdsr.kernels.cpu;
