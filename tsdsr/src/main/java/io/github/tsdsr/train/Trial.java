package io.github.tsdsr.train;

/**
 * What two steps of a training showed.
 *
 * @param peakBytes the most that tensors took; photos and the program come on top
 * @param stepSeconds what a step's losses and gradients took
 */
public record Trial(long peakBytes, double stepSeconds) {}
