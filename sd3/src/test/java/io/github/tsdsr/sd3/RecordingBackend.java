package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps every operation's results, so that a test can ask whether a reference's intermediate was among them. */
final class RecordingBackend implements Backend {
  private final Backend inner;
  private final List<double[]> results = new ArrayList<>();

  RecordingBackend(Backend inner) {
    this.inner = inner;
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

  @Override
  public Storage allocate(long bytes) {
    return inner.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    inner.upload(from, to);
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    inner.download(from, to);
  }

  @Override
  public MemoryUse memory() {
    return inner.memory();
  }

  @Override
  public void close() {
    inner.close();
  }
}
