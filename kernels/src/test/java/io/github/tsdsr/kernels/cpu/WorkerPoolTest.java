package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void runsEveryTaskOnceOnAThreadOfItsOwnNumber(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int count : new int[] {0, 1, 2, 7, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        Thread[] byNumber = new Thread[threads];
        pool.run(count, (task, thread) -> {
          runs.incrementAndGet(task);
          synchronized (byNumber) {
            assertTrue(byNumber[thread] == null || byNumber[thread] == Thread.currentThread());
            byNumber[thread] = Thread.currentThread();
          }
        });
        int[] once = new int[count];
        Arrays.fill(once, 1);
        assertArrayEquals(once, IntStream.range(0, count).map(runs::get).toArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void handsOnWhatATaskThrowsAndWorksOn(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 200; round++) {
        int bad = round % 50;
        RuntimeException thrown = new IllegalArgumentException("task " + bad);
        Error fatal = new OutOfMemoryError("task " + bad);
        assertSame(thrown, assertThrows(RuntimeException.class, () -> pool.run(50, (task, _) -> {
          if (task == bad) {
            throw thrown;
          }
        })));
        assertSame(fatal, assertThrows(Error.class, () -> pool.run(50, (task, _) -> {
          if (task == bad) {
            throw fatal;
          }
        })));
        AtomicInteger done = new AtomicInteger();
        pool.run(50, (_, _) -> done.incrementAndGet());
        assertEquals(50, done.get());
      }
    }
  }

  @Test
  void beginsNoTaskAfterOneHasThrownOnEveryThread() {
    try (WorkerPool pool = new WorkerPool(3)) {
      AtomicInteger begun = new AtomicInteger();
      assertThrows(IllegalStateException.class, () -> pool.run(1_000_000, (_, _) -> {
        begun.incrementAndGet();
        throw new IllegalStateException();
      }));
      assertTrue(begun.get() <= 3, begun + " tasks begun");
    }
  }

  @Test
  void letsConcurrentCallersTakeTurns() throws Exception {
    int callers = 4;
    try (WorkerPool pool = new WorkerPool(3); ExecutorService threads = Executors.newFixedThreadPool(callers)) {
      AtomicInteger inside = new AtomicInteger();
      List<Callable<Integer>> work = new ArrayList<>();
      for (int c = 0; c < callers; c++) {
        int caller = c;
        work.add(() -> {
          int sum = 0;
          for (int round = 0; round < 300; round++) {
            AtomicInteger own = new AtomicInteger();
            boolean fails = (round + caller) % 7 == 0;
            try {
              pool.run(20, (task, _) -> {
                inside.incrementAndGet();
                own.addAndGet(task);
                inside.decrementAndGet();
                if (fails && task == 19) {
                  throw new IllegalStateException("caller " + caller);
                }
              });
              assertEquals(190, own.get());
            } catch (IllegalStateException e) {
              assertTrue(fails, "another caller's failure");
              assertEquals("caller " + caller, e.getMessage());
            }
            sum += fails ? 0 : 1;
          }
          return sum;
        });
      }
      for (Future<Integer> f : threads.invokeAll(work)) {
        assertTrue(f.get() > 200);
      }
      assertEquals(0, inside.get());
    }
  }

  @Test
  void neverRunsOneThreadNumberTwiceAtATimeForConcurrentCallers() throws Exception {
    try (WorkerPool pool = new WorkerPool(2); ExecutorService threads = Executors.newFixedThreadPool(3)) {
      AtomicIntegerArray busy = new AtomicIntegerArray(2);
      List<Callable<Void>> work = new ArrayList<>();
      for (int c = 0; c < 3; c++) {
        work.add(() -> {
          for (int round = 0; round < 200; round++) {
            // One task too: it must not slip past a loop of another caller, whose working memory has this number.
            pool.run(1 + round % 3, (_, thread) -> {
              assertEquals(1, busy.incrementAndGet(thread));
              Thread.onSpinWait();
              busy.decrementAndGet(thread);
            });
          }
          return null;
        });
      }
      for (Future<Void> f : threads.invokeAll(work)) {
        f.get();
      }
    }
  }

  @Test
  void refusesToBeCalledByItsOwnTasksInsteadOfWaitingForever() {
    try (WorkerPool pool = new WorkerPool(2)) {
      IllegalStateException e = assertThrows(
          IllegalStateException.class, () -> pool.run(2, (_, _) -> pool.run(2, (_, _) -> {})));
      assertTrue(e.getMessage().contains("pool"));
    }
  }

  @Test
  void waitsForATaskThatTakesLongOnAWorkerEvenIfTheCallerIsInterrupted() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger done = new AtomicInteger();
      CountDownLatch both = new CountDownLatch(2);
      Thread.currentThread().interrupt();
      pool.run(2, (_, thread) -> {
        both.countDown();
        while (both.getCount() > 0) {
          Thread.onSpinWait();
        }
        if (thread == 1) {
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        done.incrementAndGet();
      });
      assertEquals(2, done.get());
      assertTrue(Thread.interrupted(), "the interruption is kept");
    }
  }

  @Test
  void aWorkerThatSleepsHoldsNobodyUp() {
    try (WorkerPool pool = new WorkerPool(64)) {
      Assertions.assertTimeout(Duration.ofSeconds(20), () -> {
        for (int i = 0; i < 2000; i++) {
          pool.run(2, (_, _) -> {});
        }
      });
    }
  }

  @Test
  void theCallerWorksAloneAfterClosing() {
    WorkerPool pool = new WorkerPool(3);
    pool.close();
    AtomicInteger done = new AtomicInteger();
    pool.run(10, (_, thread) -> {
      assertEquals(0, thread);
      done.incrementAndGet();
    });
    assertEquals(10, done.get());
  }
}
