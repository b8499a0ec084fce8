package io.github.tsdsr.tensor.op;

/** An operation that every backend runs by itself, for all types and strides. */
public sealed interface Primitive extends Op
    permits Fill, Copy, Unary, Binary, Reduce, MatMul, Conv2d, Conv2dInputGrad, Conv2dWeightGrad, Gather, ScatterAdd,
    Random {}
