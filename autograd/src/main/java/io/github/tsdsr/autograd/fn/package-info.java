/**
 * Differentiable functions: each computes its value on a {@link io.github.tsdsr.autograd.Tape} and records how
 * gradients go back.
 */
package io.github.tsdsr.autograd.fn;
