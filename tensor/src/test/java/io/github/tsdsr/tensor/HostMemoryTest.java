package io.github.tsdsr.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  private static final long KIB = 1024;

  @Test
  void theMostIsAskedForOnlyBeyondWhatIsSure() {
    AtomicInteger asked = new AtomicInteger();
    MemoryBound bound = new MemoryBound(4 * KIB, () -> {
      asked.incrementAndGet();
      return 8 * KIB;
    });
    try (HostMemory memory = new HostMemory(bound)) {
      memory.allocate(3 * KIB);
      assertEquals(0, asked.get());
      memory.allocate(5 * KIB);
      assertTrue(asked.get() > 0);
      MemoryLimitException refused = assertThrows(MemoryLimitException.class, () -> memory.allocate(KIB));
      assertEquals("no room for 1024 bytes: 8192 of at most 8192 bytes are in use", refused.getMessage());
    }
  }

  @Test
  void blocksThatAreKeptGoBeforeTheBoundIsReached() {
    try (HostMemory memory = new HostMemory(MemoryBound.of(10 * KIB))) {
      HostStorage large = memory.allocate(6 * KIB);
      large.release();
      assertEquals(6 * KIB, memory.use().held());
      memory.allocate(4 * KIB);
      assertEquals(10 * KIB, memory.use().held());
      memory.allocate(3 * KIB);
      assertEquals(7 * KIB, memory.use().held());
      assertEquals(7 * KIB, memory.use().inUse());
    }
  }
}
