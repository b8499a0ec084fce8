/**
 * Pictures in and out of files: PNG, JPEG, WebP, TIFF, BMP and GIF are read, PNG and JPEG are written.
 *
 * <p>Samples are given as they are stored: no colour profile is applied, none is lost, and the orientation that EXIF
 * states is applied only on request ({@link io.github.tsdsr.io.image.Image#upright}). What a file claims is checked
 * against its bytes and against {@link io.github.tsdsr.io.image.Limits} before memory is taken.
 */
package io.github.tsdsr.io.image;
