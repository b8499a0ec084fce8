package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ForwardingBackend;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps every operation's results, so that a test can ask whether a reference's intermediate was among them. */
final class RecordingBackend extends ForwardingBackend {
  private final List<double[]> results = new ArrayList<>();

  RecordingBackend(Backend inner) {
    super(inner);
  }

  /** That the values were computed on the way: all of some operation's result, or an even part of it. */
  void assertComputed(String name, double[] want, double tolerance) {
    double largest = Arrays.stream(want).map(Math::abs).max().orElseThrow();
    double least = Double.POSITIVE_INFINITY;
    for (double[] result : results) {
      for (int at = 0; result.length % want.length == 0 && at < result.length; at += want.length) {
        double off = 0;
        for (int i = 0; i < want.length && off < least; i++) {
          off = Math.max(off, Math.abs(want[i] - result[at + i]));
        }
        least = Math.min(least, off);
      }
    }
    double error = least / largest;
    assertTrue(error <= tolerance, () -> name + ": the nearest result is off by " + error + " of the largest value");
  }

  @Override
  public void run(Op op) {
    inner.run(op);
    op.outputs().forEach(t -> results.add(Values.doubles(inner, t)));
  }

  @Override
  public String name() {
    return inner.name() + ", recorded";
  }
}
