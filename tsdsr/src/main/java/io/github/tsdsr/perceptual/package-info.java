/**
 * How differently two pictures look, by the features of frozen networks: LPIPS, DISTS, and the features of an autoencoder's
 * own encoder. Trainings take it as a loss, evaluations as a metric.
 */
package io.github.tsdsr.perceptual;
