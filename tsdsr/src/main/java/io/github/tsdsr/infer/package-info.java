/**
 * From picture to picture: {@link io.github.tsdsr.infer.OneStepUpscaler} is what programs use that embed the library, {@link
 * io.github.tsdsr.infer.PictureUpscaler} the steps on plain RGB.
 */
package io.github.tsdsr.infer;
