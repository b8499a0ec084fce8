/**
 * How parameters are updated: groups of them, each clipped on its own, with a rate, an optimiser and averages of its own. The
 * optimisers themselves are {@code autograd.optim}'s.
 */
package io.github.tsdsr.train.optim;
