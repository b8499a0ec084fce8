/** Optimisers that update parameters in place, clipping, averages and schedules; their state has names, for checkpoints. */
package io.github.tsdsr.autograd.optim;
