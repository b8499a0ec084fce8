package io.github.tsdsr.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What of this process lies in main memory, watched while it works: the kernel itself keeps the highest total (VmHWM), the
 * parts are looked at every few milliseconds. Mapped files count as long as the pages that were touched stay.
 */
final class ResidentMemory implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int PERIOD_MILLIS = 20;

  private final Thread watcher;
  private volatile boolean closed;
  private long anonymous;
  private long file;

  ResidentMemory() {
    watcher = Thread.ofPlatform().daemon().name("memory").start(() -> {
      while (!closed) {
        look();
        try {
          Thread.sleep(PERIOD_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    });
  }

  private synchronized void look() {
    Map<String, Long> now = read();
    anonymous = Math.max(anonymous, now.getOrDefault("RssAnon", 0L));
    file = Math.max(file, now.getOrDefault("RssFile", 0L));
  }

  /** Bytes by the kernel's names; empty where there is no such file. */
  private static Map<String, Long> read() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM") || line.startsWith("Rss"))
          .collect(Collectors.toMap(line -> line.substring(0, line.indexOf(':')),
              line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))));
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Most bytes at once: all together, of no file, and of mapped files. */
  synchronized long[] peaks() {
    look();
    return new long[] {read().getOrDefault("VmHWM", 0L), anonymous, file};
  }

  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
  }
}
