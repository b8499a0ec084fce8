package io.github.tsdsr.train;

/**
 * What two steps of a training showed.
 *
 * @param peakBytes the most that tensors took; photos and the program come on top
 * @param heldBytes these, and freed blocks that the backend keeps for the next ones of their size; a limit of memory bounds both
 * @param stepSeconds what a step's losses and gradients took
 */
public record Trial(long peakBytes, long heldBytes, double stepSeconds) {}
