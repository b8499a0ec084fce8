package io.github.tsdsr.io.image;

import java.util.Arrays;

/** The first frame of a moving picture on its canvas, which is transparent around it. */
final class Canvas {
  private Canvas() {}

  static Image place(Image frame, int left, int top, int width, int height) {
    byte[] rgb = new byte[Samples.count(width, height, 3)];
    byte[] alpha = new byte[width * height];
    byte[] frameRgb = frame.rgbBytes();
    byte[] frameAlpha = frame.alphaBytes();
    for (int y = 0; y < frame.height(); y++) {
      int from = y * frame.width();
      int to = (top + y) * width + left;
      System.arraycopy(frameRgb, from * 3, rgb, to * 3, frame.width() * 3);
      if (frameAlpha == null) {
        Arrays.fill(alpha, to, to + frame.width(), (byte) 0xFF);
      } else {
        System.arraycopy(frameAlpha, from, alpha, to, frame.width());
      }
    }
    return Image.owning(width, height, rgb, alpha);
  }
}
