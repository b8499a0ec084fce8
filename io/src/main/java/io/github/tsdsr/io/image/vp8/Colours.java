package io.github.tsdsr.io.image.vp8;

/**
 * From luma and halved chroma to RGB, with libwebp's whole numbers: chroma is interpolated with weights 9, 3, 3, 1 of 16
 * between the four nearest samples (in two roundings), at the picture's edges 3, 1 of 4; then BT.601 of studio range in
 * 14 binary places.
 */
final class Colours {
  private Colours() {}

  static byte[] toRgb(Plane luma, Plane u, Plane v, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    int chromaRows = (height + 1) / 2;
    byte[] us = new byte[width];
    byte[] vs = new byte[width];
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      // Odd rows lie above the next row of chroma, even ones below the last one.
      int far = (y & 1) == 1 ? Math.min(near + 1, chromaRows - 1) : Math.max(near - 1, 0);
      interpolate(u, near, far, us);
      interpolate(v, near, far, vs);
      int from = luma.at(0, y);
      for (int x = 0; x < width; x++) {
        toRgb(luma.samples[from + x] & 0xFF, us[x] & 0xFF, vs[x] & 0xFF, rgb, 3 * (y * width + x));
      }
    }
    return rgb;
  }

  private static void interpolate(Plane chroma, int near, int far, byte[] out) {
    byte[] p = chroma.samples;
    int n = chroma.at(0, near);
    int f = chroma.at(0, far);
    int width = out.length;
    out[0] = edge(p, n, f);
    int pairs = (width - 1) / 2;
    for (int i = 1; i <= pairs; i++) {
      int n0 = p[n + i - 1] & 0xFF;
      int n1 = p[n + i] & 0xFF;
      int f0 = p[f + i - 1] & 0xFF;
      int f1 = p[f + i] & 0xFF;
      int sum = n0 + n1 + f0 + f1 + 8;
      out[2 * i - 1] = (byte) ((sum + 2 * (n1 + f0) >> 3) + n0 >> 1);
      out[2 * i] = (byte) ((sum + 2 * (n0 + f1) >> 3) + n1 >> 1);
    }
    if ((width & 1) == 0) {
      out[width - 1] = edge(p, n + pairs, f + pairs);
    }
  }

  private static byte edge(byte[] p, int near, int far) {
    return (byte) (3 * (p[near] & 0xFF) + (p[far] & 0xFF) + 2 >> 2);
  }

  private static void toRgb(int y, int u, int v, byte[] out, int at) {
    int light = y * 19077 >> 8;
    out[at] = clamp(light + (v * 26149 >> 8) - 14234);
    out[at + 1] = clamp(light - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    out[at + 2] = clamp(light + (u * 33050 >> 8) - 17685);
  }

  private static byte clamp(int v) {
    return Transform.clamp(v >> 6);
  }
}
