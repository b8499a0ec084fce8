package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ForwardingBackend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Hands everything on to another backend and adds up the time of its operations by name and by shape. */
final class ProfiledBackend extends ForwardingBackend {
  /** Operations that look alike. */
  static final class Entry {
    final String name;
    final String shapes;
    long calls;
    long nanos;
    double flops;

    private Entry(String name, String shapes) {
      this.name = name;
      this.shapes = shapes;
    }
  }

  private final LongSupplier clock;
  private final Map<String, Entry> entries = new HashMap<>();
  private long since;

  /**
   * @param clock nanoseconds: the wall's, or the calling thread's where it works alone and the machine is shared
   */
  ProfiledBackend(Backend inner, LongSupplier clock) {
    super(inner);
    this.clock = clock;
    since = clock.getAsLong();
  }

  /** Forgets what was measured. */
  void reset() {
    entries.clear();
    since = clock.getAsLong();
  }

  private static String title(Op op) {
    return switch (op) {
      case Unary u -> op.name() + " " + u.f();
      case Binary b -> op.name() + " " + b.f();
      case Reduce r -> op.name() + " " + r.f();
      default -> op.name();
    };
  }

  private static String shapes(Op op) {
    StringBuilder text = new StringBuilder();
    for (Tensor t : op.inputs()) {
      text.append(Arrays.toString(t.shape()).replace(" ", "")).append(t.isContiguous() ? " " : "* ");
    }
    text.append("->");
    for (Tensor t : op.outputs()) {
      text.append(' ').append(Arrays.toString(t.shape()).replace(" ", "")).append(t.isContiguous() ? "" : "*");
    }
    return text.toString();
  }

  @Override
  public void run(Op op) {
    long begin = clock.getAsLong();
    inner.run(op);
    long nanos = clock.getAsLong() - begin;
    String title = title(op);
    String shapes = shapes(op);
    Entry e = entries.computeIfAbsent(title + shapes, _ -> new Entry(title, shapes));
    e.calls++;
    e.nanos += nanos;
    e.flops += Work.flops(op);
  }

  /**
   * The measured times, greatest first: by name, then the greatest of single shapes.
   *
   * @param passes how many passes (steps, pictures) were measured; times are given for one
   */
  String report(int passes, int shapes) {
    double wall = clock.getAsLong() - since;
    double inOperations = entries.values().stream().mapToLong(e -> e.nanos).sum();
    StringBuilder text = new StringBuilder(
        "%.1f ms a pass, %.1f ms of it in operations%n%n".formatted(wall / passes / 1e6, inOperations / passes / 1e6));
    table(text, "operation", merged(), e -> e.name, passes, wall, Integer.MAX_VALUE);
    text.append('\n');
    table(text, "operation and shapes (* not dense)", new ArrayList<>(entries.values()), e -> e.name + " " + e.shapes,
        passes, wall, shapes);
    return text.toString();
  }

  private List<Entry> merged() {
    Map<String, Entry> byName = new HashMap<>();
    for (Entry e : entries.values()) {
      Entry sum = byName.computeIfAbsent(e.name, name -> new Entry(name, ""));
      sum.calls += e.calls;
      sum.nanos += e.nanos;
      sum.flops += e.flops;
    }
    return new ArrayList<>(byName.values());
  }

  private static void table(
      StringBuilder text, String head, List<Entry> rows, Function<Entry, String> title, int passes, double wall,
      int most) {
    rows.sort((a, b) -> Long.compare(b.nanos, a.nanos));
    text.append("| ms | %% | calls | GFLOP/s | %s |%n|---:|---:|---:|---:|---|%n".formatted(head));
    for (Entry e : rows.subList(0, Math.min(most, rows.size()))) {
      String rate = e.flops == 0 ? "" : "%.0f".formatted(e.flops / e.nanos);
      text.append("| %.2f | %.1f | %.1f | %s | %s |%n".formatted(
          e.nanos / 1e6 / passes, 100 * e.nanos / wall, (double) e.calls / passes, rate, title.apply(e)));
    }
  }
}
