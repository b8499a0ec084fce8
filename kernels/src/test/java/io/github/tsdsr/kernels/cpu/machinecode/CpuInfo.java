package io.github.tsdsr.kernels.cpu.machinecode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What Linux says of the processor. */
public final class CpuInfo {
  private CpuInfo() {}

  /** The names of what it can do. */
  public static Set<String> flags() throws IOException {
    String line = Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(l -> l.startsWith("flags"))
        .findFirst().orElseThrow();
    return Set.of(line.substring(line.indexOf(':') + 1).strip().split(" "));
  }
}
