package io.github.tsdsr.train.optim;

import io.github.tsdsr.autograd.optim.Schedule;

/**
 * How a group of parameters is updated.
 *
 * @param rate the learning rate at the schedule's 1
 * @param floor the least fraction of it that remains at the end
 * @param clip the largest joint norm of a step's gradients
 * @param emaDecay how slowly the average follows; 0 for an average that is the parameter itself
 */
public record UpdateSettings(
    Rule rule, double rate, double floor, Schedule schedule, double clip, double emaDecay) {
  /** By what a parameter moves. */
  public enum Rule {
    /** Muon on the inner matrices and kernels, AdamW (betas 0.9 and 0.99, no decay) on the rest: for new networks. */
    MUON,
    /** AdamW as the published program has it: betas 0.9 and 0.999, eps 1e-8, decay 1e-4. */
    ADAMW
  }

  /** The learning rate of a step, from 0. */
  double rateAt(long step) {
    return rate * (floor + (1 - floor) * schedule.at(step));
  }
}
