/** Losses in the features of frozen networks. */
package io.github.tsdsr.train.perceptual;
