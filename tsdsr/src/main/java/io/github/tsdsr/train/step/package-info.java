/**
 * One step of a training: a batch on its way to losses and gradients, the random numbers that belong to the step, and the
 * parts of its work. What the gradients are used for is {@code train.optim}'s.
 */
package io.github.tsdsr.train.step;
