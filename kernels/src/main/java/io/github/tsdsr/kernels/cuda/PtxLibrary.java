package io.github.tsdsr.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The kernels of this project on a device. A family is compiled when its first kernel is asked for. */
final class PtxLibrary {
  private final Device device;
  private final Map<String, DeviceModule> modules = new HashMap<>();

  PtxLibrary(Device device) {
    this.device = device;
  }

  /**
   * A kernel of {@code ptx/<family>.ptx}.
   *
   * @throws DeviceException if the device cannot compile the family; the message names it and holds the log
   */
  DeviceFunction function(String family, String name) {
    return modules.computeIfAbsent(family, this::load).function(name);
  }

  private DeviceModule load(String family) {
    try {
      return device.load(text(family));
    } catch (DeviceException e) {
      throw new DeviceException("ptx/" + family + ".ptx on " + device.name() + ": " + e.getMessage());
    }
  }

  /** The text of {@code ptx/<family>.ptx}. */
  private static String text(String family) {
    try (InputStream in = PtxLibrary.class.getResourceAsStream("/ptx/" + family + ".ptx")) {
      if (in == null) {
        throw new IllegalArgumentException("no resource ptx/" + family + ".ptx");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
