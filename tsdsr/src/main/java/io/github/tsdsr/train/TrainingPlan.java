package io.github.tsdsr.train;

import io.github.tsdsr.memory.MemoryLimits;
import java.util.Optional;

/**
 * What a training would be, before a number of it is computed.
 *
 * @param description what would be trained
 * @param parameters how many numbers are trained
 * @param pictures how many there are of what, such as {@code 138 photos}: those large enough and readable
 * @param batch crops a step
 * @param crop their side in pixels
 * @param steps of the whole training
 * @param limits what memory there is
 * @param memory what the training takes of it; photos and the program come on top
 * @param recomputing whether blocks are computed again in the backward pass; empty for a mode that cannot
 * @param otherwise what it would take with that the other way round
 */
public record TrainingPlan(
    String description, long parameters, String pictures, int batch, int crop, long steps, MemoryLimits limits,
    Footprint memory, Optional<Boolean> recomputing, Optional<Footprint> otherwise) {
  /** Whether there is enough memory. */
  public boolean fits() {
    return limits.fit(memory.peak(), memory.mapped());
  }
}
