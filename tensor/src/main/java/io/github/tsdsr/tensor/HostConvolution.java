package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;

/** The three convolution primitives as plain loops over every pair of a pixel of the result and a tap of the kernel. */
final class HostConvolution {
  private HostConvolution() {}

  /** Sizes of a convolution: picture, kernel, result. */
  private record Sizes(int n, int h, int w, int c, int kh, int kw, int o, int outH, int outW, ConvGeometry g) {
    static Sizes of(Tensor x, Tensor w, Tensor y, ConvGeometry g) {
      return new Sizes(
          (int) x.size(0), (int) x.size(1), (int) x.size(2), (int) x.size(3),
          (int) w.size(1), (int) w.size(2), (int) w.size(0), (int) y.size(1), (int) y.size(2), g);
    }

    /** Calls back with the starts of the channels that meet: in the picture, in the kernel's first row, in the result. */
    void forEachTap(Tap tap) {
      for (int b = 0; b < n; b++) {
        for (int i = 0; i < outH; i++) {
          for (int j = 0; j < outW; j++) {
            int y = ((b * outH + i) * outW + j) * o;
            for (int p = 0; p < kh; p++) {
              int row = i * g.down() + p - g.top();
              for (int q = 0; row >= 0 && row < h && q < kw; q++) {
                int column = j * g.across() + q - g.left();
                if (column >= 0 && column < w) {
                  tap.at(((b * h + row) * w + column) * c, (p * kw + q) * c, y);
                }
              }
            }
          }
        }
      }
    }
  }

  private interface Tap {
    void at(int x, int w, int y);
  }

  static void forward(Conv2d op) {
    Sizes s = Sizes.of(op.x(), op.w(), op.y(), op.geometry());
    double[] x = HostValues.read(op.x());
    double[] w = HostValues.read(op.w());
    double[] y = new double[Math.toIntExact(op.y().count())];
    if (op.bias() != null) {
      double[] bias = HostValues.read(op.bias());
      for (int i = 0; i < y.length; i++) {
        y[i] = bias[i % s.o];
      }
    }
    int kernel = s.kh * s.kw * s.c;
    s.forEachTap((xi, wi, yi) -> {
      for (int o = 0; o < s.o; o++) {
        double sum = 0;
        for (int c = 0; c < s.c; c++) {
          sum += x[xi + c] * w[o * kernel + wi + c];
        }
        y[yi + o] += sum;
      }
    });
    HostValues.write(y, op.y());
  }

  static void inputGrad(Conv2dInputGrad op) {
    Sizes s = Sizes.of(op.dx(), op.w(), op.dy(), op.geometry());
    double[] dy = HostValues.read(op.dy());
    double[] w = HostValues.read(op.w());
    double[] dx = op.accumulate() ? HostValues.read(op.dx()) : new double[Math.toIntExact(op.dx().count())];
    int kernel = s.kh * s.kw * s.c;
    s.forEachTap((xi, wi, yi) -> {
      for (int o = 0; o < s.o; o++) {
        for (int c = 0; c < s.c; c++) {
          dx[xi + c] += dy[yi + o] * w[o * kernel + wi + c];
        }
      }
    });
    HostValues.write(dx, op.dx());
  }

  static void weightGrad(Conv2dWeightGrad op) {
    Sizes s = Sizes.of(op.x(), op.dw(), op.dy(), op.geometry());
    double[] x = HostValues.read(op.x());
    double[] dy = HostValues.read(op.dy());
    double[] dw = op.accumulate() ? HostValues.read(op.dw()) : new double[Math.toIntExact(op.dw().count())];
    int kernel = s.kh * s.kw * s.c;
    s.forEachTap((xi, wi, yi) -> {
      for (int o = 0; o < s.o; o++) {
        for (int c = 0; c < s.c; c++) {
          dw[o * kernel + wi + c] += dy[yi + o] * x[xi + c];
        }
      }
    });
    HostValues.write(dw, op.dw());
  }
}
