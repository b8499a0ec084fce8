package io.github.tsdsr.infer;

import java.lang.management.ManagementFactory;

/** How much main memory the machine has, or the container that this runs in. */
final class MachineMemory {
  private MachineMemory() {}

  /** Half of it: the rest is for the Java heap, the files in the cache, and other programs. */
  static long half() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize() / 2
        : Runtime.getRuntime().maxMemory();
  }
}
