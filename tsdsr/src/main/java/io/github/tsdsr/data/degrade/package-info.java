/**
 * The second-order degradation of Real-ESRGAN: two rounds of blur, resizing, noise and JPEG, a last sinc filter. {@link
 * io.github.tsdsr.data.degrade.RealEsrgan} draws a {@link io.github.tsdsr.data.degrade.DegradationPlan} for a picture; the
 * other types are its steps, each a function of its own. Pictures are float samples in [0, 1].
 */
package io.github.tsdsr.data.degrade;
