package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Convolutions of awkward sizes, strides and paddings, forward and backward. */
final class ConvolutionCases {
  private static final double SUMS = 2e-6;

  /** A picture's and a kernel's shape with the geometry. */
  private record Shape(int n, int h, int w, int c, int o, int kh, int kw, ConvGeometry g) {
    int outH() {
      return (int) g.outHeight(h, kh);
    }

    int outW() {
      return (int) g.outWidth(w, kw);
    }

    @Override
    public String toString() {
      return n + "x" + h + "x" + w + "x" + c + " to " + o + ", kernel " + kh + "x" + kw + ", " + g;
    }
  }

  private static final List<Shape> SHAPES = List.of(
      new Shape(1, 1, 1, 1, 1, 1, 1, ConvGeometry.square(1, 0)),
      new Shape(1, 7, 13, 3, 16, 3, 3, ConvGeometry.square(1, 1)),
      new Shape(2, 13, 7, 16, 3, 3, 3, ConvGeometry.square(1, 1)),
      new Shape(1, 13, 65, 32, 32, 3, 3, ConvGeometry.square(1, 1)),
      new Shape(2, 9, 9, 12, 65, 1, 1, ConvGeometry.square(1, 0)),
      new Shape(1, 14, 15, 7, 13, 3, 3, new ConvGeometry(2, 2, 0, 1, 0, 1)),
      new Shape(1, 13, 17, 5, 7, 3, 3, ConvGeometry.square(2, 1)),
      new Shape(1, 16, 16, 4, 65, 2, 2, ConvGeometry.square(2, 0)),
      new Shape(1, 11, 12, 6, 5, 5, 3, new ConvGeometry(1, 2, 2, 1, 0, 3)),
      new Shape(1, 9, 10, 3, 4, 4, 4, new ConvGeometry(3, 3, 0, 0, 0, 0)),
      new Shape(1, 7, 7, 3, 4, 2, 2, new ConvGeometry(3, 3, 1, 1, 1, 1)),
      new Shape(1, 5, 6, 2, 3, 1, 1, new ConvGeometry(2, 2, 1, 0, 1, 2)),
      new Shape(1, 3, 3, 65, 33, 7, 7, ConvGeometry.square(1, 3)),
      new Shape(3, 40, 33, 17, 20, 3, 3, ConvGeometry.square(1, 1)));

  private ConvolutionCases() {}

  static Stream<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Shape s : SHAPES) {
      add(cases, s);
    }
    Shape s = SHAPES.get(3);
    for (DType t : List.of(DType.BF16, DType.F16)) {
      cases.add(new OpCase("Conv2d with weights in " + t, SUMS, o -> new Conv2d(
          o.normal(1, 13, 65, 32), o.normal(t, 32, 3, 3, 32), o.normal(32), s.g, o.out(1, 13, 65, 32))));
      cases.add(new OpCase("Conv2d with weights and bias in " + t, SUMS, o -> new Conv2d(
          o.normal(1, 13, 65, 32), o.normal(t, 32, 3, 3, 32), o.normal(t, 32), s.g, o.out(1, 13, 65, 32))));
      cases.add(new OpCase("Conv2dInputGrad with weights in " + t, SUMS, o -> new Conv2dInputGrad(
          o.normal(1, 13, 65, 32), o.normal(t, 32, 3, 3, 32), s.g, o.out(1, 13, 65, 32), false)));
    }
    cases.add(new OpCase("Conv2d with a kernel stored channels first", SUMS, o -> new Conv2d(
        o.normal(1, 9, 8, 5), o.normal(7, 5, 3, 3).permute(0, 2, 3, 1), o.normal(7), s.g, o.out(1, 9, 8, 7))));
    cases.add(new OpCase("Conv2dWeightGrad into a kernel stored channels first", SUMS, o -> new Conv2dWeightGrad(
        o.normal(1, 9, 8, 5), o.normal(1, 9, 8, 7), s.g, o.normal(7, 5, 3, 3).permute(0, 2, 3, 1), true)));
    cases.add(new OpCase("Conv2d of slices of pictures", SUMS, o -> new Conv2d(
        o.normal(1, 12, 12, 20).slice(1, 2, 11).slice(2, 1, 9).slice(3, 4, 12), o.normal(17, 3, 3, 8), null, s.g,
        o.out(1, 9, 8, 30).slice(3, 5, 22))));
    cases.add(new OpCase("Conv2d of a picture channels first", SUMS, o -> new Conv2d(
        o.normal(1, 3, 9, 8).permute(0, 2, 3, 1), o.normal(5, 3, 3, 3), null, s.g,
        o.out(1, 5, 9, 8).permute(0, 2, 3, 1))));
    return cases.stream();
  }

  private static void add(List<OpCase> cases, Shape s) {
    cases.add(new OpCase("Conv2d " + s, SUMS, o -> new Conv2d(
        o.normal(s.n, s.h, s.w, s.c), o.normal(s.o, s.kh, s.kw, s.c), o.normal(s.o), s.g,
        o.out(s.n, s.outH(), s.outW(), s.o))));
    for (boolean more : new boolean[] {false, true}) {
      String added = more ? ", added" : "";
      cases.add(new OpCase("Conv2dInputGrad " + s + added, SUMS, o -> new Conv2dInputGrad(
          o.normal(s.n, s.outH(), s.outW(), s.o), o.normal(s.o, s.kh, s.kw, s.c), s.g, o.normal(s.n, s.h, s.w, s.c),
          more)));
      cases.add(new OpCase("Conv2dWeightGrad " + s + added, SUMS, o -> new Conv2dWeightGrad(
          o.normal(s.n, s.h, s.w, s.c), o.normal(s.n, s.outH(), s.outW(), s.o), s.g, o.normal(s.o, s.kh, s.kw, s.c),
          more)));
    }
  }
}
