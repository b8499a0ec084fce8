package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;

/**
 * A multi-step teacher.
 *
 * @param vae frozen
 * @param adapters of the transformer, or none
 * @param shown the prompt of pictures that have none of their own, for one sample
 * @param nothing the null prompt, for one sample; null where nobody asks under it
 */
public record Teacher(Vae vae, MmDit transformer, Adapters adapters, Prompt shown, Prompt nothing) {
  /** The same, with blocks that are computed again in the backward pass. */
  Teacher recomputing() {
    return new Teacher(vae, transformer.recomputing(), adapters, shown, nothing);
  }
}
