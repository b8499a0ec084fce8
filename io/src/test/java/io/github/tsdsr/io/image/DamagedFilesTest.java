package io.github.tsdsr.io.image;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Files with wrong bytes and files that break off: read or refused in one line, in little memory, never anything else. */
class DamagedFilesTest {
  private static final int VERSIONS = Integer.getInteger("images.damaged.versions", 40);
  /** A claim of more than its bytes can hold is refused; small claims may cost this. */
  private static final long MEMORY = 64 << 20;
  private static final Limits LIMITS = new Limits(1 << 22, 1 << 20);

  @TestFactory
  Stream<DynamicTest> damagedFilesAreReadOrRefused() {
    Stream<String> others = Stream.of("simple_filter.webp", "alpha_packed_filtered.webp", "moving.webp", "jpeg.tif",
        "fax4.tif", "big.tif", "cmyk.tif", "small_frame.gif", "bit4.bmp");
    return Stream.concat(
        GoldenImages.valid().map(c -> c.get("file").asText())
            .map(file -> DynamicTest.dynamicTest(file, () -> damage(file, GoldenImages.bytes(file)))),
        others.map(file -> DynamicTest.dynamicTest(file, () -> damage(file, bytes(file)))));
  }

  private static byte[] bytes(String file) throws java.io.IOException {
    try (var in = DamagedFilesTest.class.getResourceAsStream("/images/" + file)) {
      return in.readAllBytes();
    }
  }

  private static void damage(String file, byte[] whole) {
    Random random = new Random(file.hashCode());
    for (int i = 0; i < VERSIONS; i++) {
      byte[] some = i % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      int changes = i % 4 == 0 ? 0 : 1 + random.nextInt(8);
      for (int k = 0; k < changes; k++) {
        // Headers are where it hurts.
        int at = random.nextBoolean() ? random.nextInt(Math.min(64, some.length)) : random.nextInt(some.length);
        some[at] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (some[at] ^ 1 << random.nextInt(8));
      }
      check(file, some);
    }
  }

  private static void check(String file, byte[] bytes) {
    long before = allocated();
    try {
      Images.read(bytes, file, LIMITS);
    } catch (FormatException e) {
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
    long taken = allocated() - before;
    assertTrue(taken < MEMORY, taken + " bytes taken");
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
