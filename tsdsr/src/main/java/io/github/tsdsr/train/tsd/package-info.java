/**
 * Target Score Distillation as the paper has it (TSD-SR, arXiv 2411.18263): the direction that moves a student's latent, from
 * the scores of a frozen teacher and of a LoRA model that learns what the student makes, sampled along trajectories of noise
 * levels; and the losses beside it.
 */
package io.github.tsdsr.train.tsd;
