/**
 * Target Score Distillation (TSD-SR, arXiv 2411.18263): a one-step student learns from a frozen teacher, with a second score
 * model that learns what the student makes.
 */
package io.github.tsdsr.train.distill;
