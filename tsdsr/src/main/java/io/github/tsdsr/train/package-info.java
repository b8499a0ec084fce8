/**
 * Training as a caller sees it: a {@code Trainer} reads a configuration, plans or tries or runs the training, and tells a
 * listener. What can be trained is a mode each: {@code vae}, {@code student}, {@code teacher}, {@code distill}, all on
 * {@code mode}; what a run leaves behind is {@code run}'s.
 */
package io.github.tsdsr.train;
