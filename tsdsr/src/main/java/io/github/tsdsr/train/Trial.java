package io.github.tsdsr.train;

/**
 * What a training would take, as two steps showed.
 *
 * @param description what would be trained
 * @param parameters how many numbers are trained
 * @param pictures how many there are of what, such as {@code 138 photos}: those large enough and readable
 * @param batch crops a step
 * @param crop their side in pixels
 * @param steps of the whole training
 * @param peakBytes the most that tensors took; photos and the program come on top
 * @param stepSeconds what a step's losses and gradients took
 */
public record Trial(
    String description, long parameters, String pictures, int batch, int crop, long steps, long peakBytes,
    double stepSeconds) {}
