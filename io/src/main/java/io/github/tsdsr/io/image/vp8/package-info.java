/**
 * A decoder of VP8 key frames (RFC 6386), which lossy WebP pictures are. Written because no well-kept library in Java
 * does it as libwebp does: TwelveMonkeys repeats the halved colours where libwebp interpolates (up to 92 levels apart on
 * small patterns) and leaves part of the block edges unsmoothed. This one gives libwebp's bytes.
 */
package io.github.tsdsr.io.image.vp8;
