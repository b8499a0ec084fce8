/**
 * What a training's validation measures on held-back photos: crops by a one-step student beside bicubic interpolation, in
 * numbers for the log and in strips of pictures to look at.
 */
package io.github.tsdsr.train.validation;
