package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.KernelArguments;
import io.github.tsdsr.kernels.cuda.LaunchShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs kernels of the test resources, or their texts with a part replaced, on an interpreter. */
final class TestMachine {
  private final InterpreterDevice device = new InterpreterDevice();

  /** The text of {@code interpreter/<name>.ptx}. */
  static String text(String name) {
    try (InputStream in = TestMachine.class.getResourceAsStream("/interpreter/" + name + ".ptx")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text with a part that occurs once replaced. */
  static String replaced(String text, String part, String by) {
    int at = text.indexOf(part);
    if (at < 0 || text.indexOf(part, at + 1) >= 0) {
      throw new IllegalArgumentException("'" + part + "' does not occur once");
    }
    return text.replace(part, by);
  }

  /** The line, from 1, where a part begins that occurs once. */
  static int line(String text, String part) {
    replaced(text, part, "");
    return 1 + (int) text.substring(0, text.indexOf(part)).chars().filter(c -> c == '\n').count();
  }

  InterpreterDevice device() {
    return device;
  }

  long floats(float... values) {
    long address = device.allocate(4L * values.length);
    device.copyToDevice(MemorySegment.ofArray(values), address);
    return address;
  }

  long ints(int... values) {
    long address = device.allocate(4L * values.length);
    device.copyToDevice(MemorySegment.ofArray(values), address);
    return address;
  }

  float[] floatsAt(long address, int count) {
    float[] values = new float[count];
    device.copyToHost(address, MemorySegment.ofArray(values));
    return values;
  }

  int[] intsAt(long address, int count) {
    int[] values = new int[count];
    device.copyToHost(address, MemorySegment.ofArray(values));
    return values;
  }

  /** Launches the only kernel of a text in blocks along x. */
  void launch(String text, int blocks, int threads, KernelArguments arguments) {
    launch(text, blocks, threads, 0, arguments);
  }

  void launch(String text, int blocks, int threads, int sharedBytes, KernelArguments arguments) {
    String name = PtxParser.parse(text).kernels().keySet().iterator().next();
    device.launch(device.load(text).function(name), new LaunchShape(blocks, 1, 1, threads, 1, 1, sharedBytes),
        arguments);
  }

  /** What a launch reports; empty if nothing. */
  List<Report> reports(Runnable launch) {
    try {
      launch.run();
      return List.of();
    } catch (KernelFault e) {
      return e.reports();
    }
  }
}
