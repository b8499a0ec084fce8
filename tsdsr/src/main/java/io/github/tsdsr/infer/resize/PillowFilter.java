package io.github.tsdsr.infer.resize;

/** The filters of {@link PillowResize}, each with its kernel and the kernel's radius in input pixels. */
public enum PillowFilter {
  /** The mean over the pixels that an output pixel covers. */
  BOX(0.5) {
    @Override
    double kernel(double x) {
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    }
  },
  /** Keys' cubic with a = -0.5. */
  BICUBIC(2) {
    @Override
    double kernel(double signed) {
      double a = -0.5;
      double x = Math.abs(signed);
      if (x < 1) {
        return ((a + 2) * x - (a + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
  },
  /** sinc(x) sinc(x/3) within 3 pixels. */
  LANCZOS(3) {
    @Override
    double kernel(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  final double radius;

  PillowFilter(double radius) {
    this.radius = radius;
  }

  abstract double kernel(double x);

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }
}
