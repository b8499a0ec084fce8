package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.op.Reduce;
import java.util.stream.Stream;

/** Sums, means and extremes over any axes. */
final class ReductionCases {
  private ReductionCases() {}

  static Stream<OpCase> all() {
    return Stream.concat(Stream.of(Reduce.Function.values()).flatMap(ReductionCases::plain), accumulating());
  }

  private static Stream<OpCase> plain(Reduce.Function f) {
    return Stream.of(
        of(f, "all of 207", new long[] {207}, 1),
        of(f, "all of many", new long[] {13, 40, 65}, 1, 1, 1),
        of(f, "the last axis", new long[] {13, 7, 65}, 13, 7, 1),
        of(f, "the first axes", new long[] {3, 300, 33}, 1, 1, 33),
        of(f, "the middle axis", new long[] {5, 65, 7}, 5, 1, 7),
        of(f, "the outer axes", new long[] {5, 65, 7}, 1, 65, 1),
        of(f, "no axis", new long[] {5, 7}, 5, 7),
        new OpCase("Reduce " + f + " of a permuted view", 1e-6,
            o -> new Reduce(f, o.normal(33, 5, 13).permute(1, 2, 0), o.out(5, 1, 33))),
        new OpCase("Reduce " + f + " of a slice", 1e-6,
            o -> new Reduce(f, o.normal(9, 50).slice(1, 3, 40), o.out(9, 1))),
        new OpCase("Reduce " + f + " of a broadcast", 1e-6,
            o -> new Reduce(f, o.normal(9, 1).broadcast(9, 20), o.out(1, 20))));
  }

  private static OpCase of(Reduce.Function f, String what, long[] from, long... to) {
    return new OpCase("Reduce " + f + " over " + what, 1e-6, o -> new Reduce(f, o.normal(from), o.out(to)));
  }

  private static Stream<OpCase> accumulating() {
    return Stream.of(Reduce.Function.SUM, Reduce.Function.SUM_OF_SQUARES).map(f -> new OpCase(
        "Reduce " + f + " added to what is there", 1e-6, o -> new Reduce(f, o.normal(300, 17), o.normal(1, 17), true)));
  }
}
