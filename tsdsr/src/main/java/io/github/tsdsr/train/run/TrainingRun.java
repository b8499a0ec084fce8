package io.github.tsdsr.train.run;

import java.nio.file.Path;

/**
 * What a run is about to do.
 *
 * @param folder where it writes
 * @param first steps that are done already
 * @param last the number of steps after which it ends this time
 * @param steps the number of steps of the whole training
 * @param parameters how many numbers are trained
 * @param pictures how many of what the crops are taken from, such as {@code 138 photos}
 * @param batch crops a step
 * @param crop their side in pixels
 * @param bytes of memory for tensors that are in use before the first step
 */
public record TrainingRun(
    Path folder, long first, long last, long steps, long parameters, String pictures, int batch, int crop,
    long bytes) {}
