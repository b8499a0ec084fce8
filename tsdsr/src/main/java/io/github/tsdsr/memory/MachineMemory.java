package io.github.tsdsr.memory;

import java.lang.management.ManagementFactory;

/** How much main memory the machine has, or the container that this runs in. */
public final class MachineMemory {
  private MachineMemory() {}

  /** Asked once: the first question takes some 40 ms. */
  private static final class Asked {
    static final long ALL =
        ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
            ? machine.getTotalMemorySize()
            : 2 * Runtime.getRuntime().maxMemory();
  }

  /** All of it, in bytes. */
  public static long all() {
    return Asked.ALL;
  }

  /** Half of it: the rest is for the Java heap, the files in the cache, and other programs. */
  public static long half() {
    return all() / 2;
  }
}
