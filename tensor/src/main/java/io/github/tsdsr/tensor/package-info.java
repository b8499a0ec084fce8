/**
 * Tensors as data: typed, strided windows on storages with counted owners, scopes that bound their lifetime, operations
 * as records ({@link io.github.tsdsr.tensor.op}), and the backends that run them.
 */
package io.github.tsdsr.tensor;
