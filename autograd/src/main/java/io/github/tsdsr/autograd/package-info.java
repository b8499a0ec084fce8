/**
 * Reverse-mode differentiation: a {@link io.github.tsdsr.autograd.Tape} records nodes for the values whose gradients are
 * wanted and runs them backward. With nothing wanted the same model code is inference.
 */
package io.github.tsdsr.autograd;
