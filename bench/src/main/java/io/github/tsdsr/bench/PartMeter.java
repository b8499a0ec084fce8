package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ForwardingBackend;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.train.step.StepPart;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Hands everything on to another backend, and tells the time and the most tensor memory of each part of a step. */
final class PartMeter extends ForwardingBackend {
  private final LongSupplier clock;
  private final Map<StepPart, List<Long>> times = new EnumMap<>(StepPart.class);
  private final Map<StepPart, Long> peaks = new EnumMap<>(StepPart.class);
  private final Map<StepPart, Long> step = new EnumMap<>(StepPart.class);
  private final List<Long> wholes = new ArrayList<>();
  private StepPart part;
  private long since;

  /**
   * @param clock nanoseconds
   */
  PartMeter(Backend inner, LongSupplier clock) {
    super(inner);
    this.clock = clock;
  }

  /** A part begins. */
  void enter(StepPart next) {
    leave();
    part = next;
    look();
    since = clock.getAsLong();
  }

  private void leave() {
    if (part != null) {
      step.merge(part, clock.getAsLong() - since, Long::sum);
      look();
    }
  }

  private void look() {
    peaks.merge(part, memory().inUse(), Math::max);
  }

  /**
   * The step is done.
   *
   * @param counts whether it is measured; else it was warm-up, and nothing of it is kept
   */
  void finish(boolean counts) {
    leave();
    part = null;
    if (counts) {
      step.forEach((p, nanos) -> times.computeIfAbsent(p, _ -> new ArrayList<>()).add(nanos));
      wholes.add(step.values().stream().mapToLong(Long::longValue).sum());
    } else {
      peaks.clear();
    }
    step.clear();
  }

  @Override
  public Storage allocate(long bytes) {
    Storage storage = inner.allocate(bytes);
    if (part != null) {
      look();
    }
    return storage;
  }

  /** The middle of the steps' times in a part, milliseconds. */
  double millis(StepPart of) {
    return middle(times.getOrDefault(of, List.of(0L)));
  }

  /** The middle of the whole steps' times, milliseconds. */
  double millis() {
    return middle(wholes);
  }

  private static double middle(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get(sorted.size() / 2) / 1e6;
  }

  /** The most bytes of tensors that lived at once in a part, those of before it included. */
  long peak(StepPart of) {
    return peaks.getOrDefault(of, 0L);
  }
}
