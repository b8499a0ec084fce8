/**
 * Operations as data, a record each: inputs, outputs and parameters. Constructors prove shapes, types and aliasing, so
 * that kernels need not. A {@link io.github.tsdsr.tensor.op.Primitive} is what every backend must run itself; a {@link
 * io.github.tsdsr.tensor.op.Fused} operation states its meaning in primitives, and a backend may have a kernel for it.
 *
 * <p>Layout is channels last: pictures (N,H,W,C), tokens (B,T,C). Strides are free unless an operation says otherwise.
 */
package io.github.tsdsr.tensor.op;
