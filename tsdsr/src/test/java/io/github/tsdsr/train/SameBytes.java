package io.github.tsdsr.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a run leaves is the same to the byte, however it was interrupted. */
public final class SameBytes {
  private static final long STEPS = 12;

  private SameBytes() {}

  /** Fails unless results, by their path, are the same. */
  public static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> got) {
    assertEquals(expected.keySet(), got.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, got.get(name), name));
  }

  /**
   * Trains into {@code run} without a stop, and into {@code parts} with some, more loaders and at first another number of
   * threads; fails unless both have left the same.
   *
   * @param stops after how many steps
   * @return what they have left, by its path
   */
  static Map<String, byte[]> ofStoppedRuns(Path config, Map<String, String> changes, long... stops) throws Exception {
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    Map<String, byte[]> whole = TinyRun.results(config.resolveSibling("run"));
    Map<String, String> other = new LinkedHashMap<>(changes);
    other.putAll(TinyRun.with("out", "parts", "loaders", "3"));
    for (int i = 0; i < stops.length; i++) {
      RunOptions options = new RunOptions(i > 0, stops[i]);
      assertEquals(stops[i], TinyRun.train(config, options, TrainingListener.NONE, other, i == 0 ? 2 : 1));
    }
    assertEquals(STEPS, TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, other));
    assertSame(whole, TinyRun.results(config.resolveSibling("parts")));
    return whole;
  }
}
