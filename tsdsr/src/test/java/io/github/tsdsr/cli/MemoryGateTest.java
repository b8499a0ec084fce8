package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryGateTest {
  @Test
  void workRunsAtATimeOnlyAsFarAsMemoryReaches() throws Exception {
    MemoryGate gate = new MemoryGate(100);
    AtomicInteger inUse = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 40; i++) {
        int bytes = i % 10 == 0 ? 500 : 30 + i % 3 * 20;
        all.add(pool.submit(() -> gate.through(bytes, () -> {
          int now = inUse.addAndGet(bytes);
          most.accumulateAndGet(bytes == 500 && now == 500 ? 0 : now, Math::max);
          for (int spin = 0; spin < 20_000; spin++) {
            Thread.onSpinWait();
          }
          return inUse.addAndGet(-bytes);
        })));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertEquals(0, inUse.get());
    assertTrue(most.get() > 50 && most.get() <= 100, "at most " + most);
  }

  @Test
  void workThatFailsLeavesRoomForTheNext() {
    MemoryGate gate = new MemoryGate(10);
    assertThrows(IllegalStateException.class, () -> gate.through(10, () -> {
      throw new IllegalStateException();
    }));
    assertEquals(1, gate.through(10, () -> 1));
  }

  @Test
  void waitingEndsWithAnInterrupt() {
    MemoryGate gate = new MemoryGate(10);
    gate.through(10, () -> {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> gate.through(1, () -> 1));
      return Thread.interrupted();
    });
  }
}
