package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Pictures made from their file's name, "width-height-kind-anything.png": smooth shapes, or flat grey. */
final class TestPhotos {
  private TestPhotos() {}

  static PhotoLibrary library(int leastSide, String... names) throws IOException {
    return PhotoLibrary.open(paths(names), TestPhotos::decode, leastSide, 1 << 30, 2);
  }

  static List<Path> paths(String... names) {
    return Stream.of(names).map(Path::of).toList();
  }

  static BytePixels decode(Path file) throws IOException {
    String[] parts = file.getFileName().toString().split("-");
    if (parts.length < 3) {
      throw new IOException(file + ": not a picture");
    }
    return make(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2], file.hashCode());
  }

  private static BytePixels make(int width, int height, String kind, int seed) {
    BytePixels out = BytePixels.blank(width, height, 3);
    SplittableRandom random = new SplittableRandom(seed);
    double[] f = random.doubles(9, 0.05, 0.6).toArray();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          double v = kind.equals("flat") ? 0
              : 60 * Math.sin(f[c] * x + f[c + 3] * y) + 50 * Math.signum(Math.sin(f[c + 6] * (x - y)));
          out.samples()[(y * width + x) * 3 + c] = (byte) (int) (128 + v);
        }
      }
    }
    return out;
  }
}
