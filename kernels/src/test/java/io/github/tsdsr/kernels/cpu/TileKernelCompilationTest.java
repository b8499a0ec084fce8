package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tsdsr.tensor.Tensor;
import java.io.File;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * HotSpot's first compiler must take the tile kernels with full profiling: where it cannot ("out of virtual registers"), a kernel
 * that began in its limited profiling, because the second compiler was busy, stays there, a hundred times slower.
 */
class TileKernelCompilationTest {
  @Test
  void theFirstCompilerTakesEveryTileKernel() throws Exception {
    assumeTrue(VectorModule.present());
    String classPath = Stream.of(TileKernel.class, TileKernelCompilationTest.class, Tensor.class)
        .map(TileKernelCompilationTest::location).collect(Collectors.joining(File.pathSeparator));
    Process process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=3",
        "-XX:+PrintCompilation", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
        classPath, Program.class.getName())
            .redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    List<String> lines = output.lines().filter(l -> l.contains("cpu.Kernel") && l.contains("::sum")).toList();
    assertTrue(lines.size() >= Program.kernels().size(), output);
    assertEquals(List.of(), lines.stream().filter(l -> l.contains("SKIPPED")).toList());
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls every kernel often enough to be compiled. */
  static final class Program {
    private static final int CALLS = 3000;

    private Program() {}

    static List<JavaTile> kernels() {
      return List.of(new Kernel6x3(), new Kernel8x2(), new Kernel6x2(), new Kernel12x1());
    }

    public static void main(String[] arguments) {
      long memory = Arena.global().allocate(1 << 16, 64).address();
      for (JavaTile kernel : kernels()) {
        for (int i = 0; i < CALLS; i++) {
          kernel.sum(1, 0, 0, 2, memory, 4, 64, memory, 256, memory + (1 << 15), 1024);
        }
      }
    }
  }
}
