package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Gather;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.ScatterAdd;
import java.util.stream.Stream;

/** What moves, casts, fills, picks and draws numbers. */
final class CopyCases {
  private CopyCases() {}

  static Stream<OpCase> all() {
    return Stream.of(copies(), casts(), indexed(), random()).flatMap(s -> s);
  }

  private static Stream<OpCase> copies() {
    return Stream.of(
        new OpCase("Fill", 0, o -> new Fill(o.out(7, 33), -2.5)),
        new OpCase("Fill of a slice", 0, o -> new Fill(o.out(7, 33).slice(1, 3, 20), 0.1f)),
        new OpCase("Copy", 0, o -> new Copy(o.normal(13, 65), o.out(13, 65))),
        new OpCase("Copy of a transpose", 0, o -> new Copy(o.normal(65, 207).transpose(), o.out(207, 65))),
        new OpCase("Copy channels last from channels first", 0,
            o -> new Copy(o.normal(2, 5, 13, 17).permute(0, 2, 3, 1), o.out(2, 13, 17, 5))),
        new OpCase("Copy that repeats pixels", 0, o -> new Copy(
            o.normal(2, 5, 1, 7, 1, 33).broadcast(2, 5, 2, 7, 2, 33), o.out(2, 5, 2, 7, 2, 33))),
        new OpCase("Copy of a flipped view into a slice", 0,
            o -> new Copy(o.normal(9, 40).flip(1).flip(0), o.out(9, 50).slice(1, 10, 50))),
        new OpCase("Copy of every third column", 0, o -> new Copy(o.normal(9, 40).every(1, 3), o.out(9, 14))),
        new OpCase("Copy of one number everywhere", 0, o -> new Copy(o.normal(1), o.out(13, 7))),
        new OpCase("Copy of nothing", 0, o -> new Copy(o.normal(0, 3), o.out(0, 3))));
  }

  private static Stream<OpCase> casts() {
    return Stream.of(DType.F16, DType.BF16, DType.F64).flatMap(t -> Stream.of(
        new OpCase("Copy from " + t, 1e-7, o -> new Copy(o.normal(t, 7, 65), o.out(7, 65))),
        new OpCase("Copy from a transposed " + t, 1e-7, o -> new Copy(o.normal(t, 65, 7).transpose(), o.out(7, 65))),
        new OpCase("Copy to " + t, t == DType.BF16 ? 4e-3 : 5e-4, o -> new Copy(o.normal(7, 65), o.out(t, 7, 65))),
        new OpCase("Copy of a transposed view to " + t, t == DType.BF16 ? 4e-3 : 5e-4,
            o -> new Copy(o.normal(65, 7).transpose(), o.out(t, 7, 65)))));
  }

  private static Stream<OpCase> indexed() {
    return Stream.of(
        new OpCase("Gather", 0, o -> new Gather(o.normal(11, 33), o.ids(3, 0, 10, 3, 7), o.out(5, 33))),
        new OpCase("Gather from half precision", 1e-7,
            o -> new Gather(o.normal(DType.BF16, 11, 5, 3), o.ids(10, 1), o.out(2, 5, 3))),
        new OpCase("Gather from a transposed table", 0,
            o -> new Gather(o.normal(33, 11).transpose(), o.ids(2, 2, 4), o.out(3, 33))),
        new OpCase("ScatterAdd", 1e-6, o -> new ScatterAdd(o.normal(5, 33), o.ids(3, 0, 10, 3, 3), o.normal(11, 33))));
  }

  private static Stream<OpCase> random() {
    return Stream.of(Random.Distribution.values()).flatMap(d -> Stream.of(
        new OpCase("Random " + d, 2e-7, o -> new Random(d, 42, 7, 0, o.out(3, 4099))),
        new OpCase("Random " + d + " of many", 2e-7, o -> new Random(d, 42, 7, 5, o.out(3, 12347))),
        new OpCase("Random " + d + " from an odd element", 2e-7, o -> new Random(d, -5, 1L << 40, 3, o.out(101))),
        new OpCase("Random " + d + " from far on", 2e-7, o -> new Random(d, 1, 2, (1L << 35) + 1, o.out(64))),
        new OpCase("Random " + d + " into a view", 2e-7, o -> {
          Tensor y = o.out(40, 13);
          return new Random(d, 9, 9, 2, y.transpose());
        })));
  }
}
