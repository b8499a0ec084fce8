package io.github.tsdsr.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** NVIDIA's assembler takes every PTX text of the project and needs no memory for registers. */
class PtxasTest {
  private static final List<String> ARCHITECTURES = List.of("sm_80", "sm_90");
  private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");

  private final Path ptxas =
      Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).filter(d -> !d.isEmpty())
          .map(d -> Path.of(d, "ptxas")).filter(Files::isExecutable).findFirst().orElse(null);

  @TempDir
  private Path folder;

  @BeforeEach
  void expectAssembler() {
    Assumptions.assumeTrue(ptxas != null,
        "no ptxas on the PATH (the Python package nvidia-cuda-nvcc has one): PTX is not assembled");
  }

  static List<Path> texts() throws IOException, URISyntaxException {
    try (Stream<Path> kernels = Files.list(Path.of(PtxasTest.class.getResource("/ptx").toURI()));
        Stream<Path> tests = Files.list(Path.of(PtxasTest.class.getResource("/interpreter").toURI()))) {
      return Stream.concat(kernels, tests).filter(p -> p.toString().endsWith(".ptx")).sorted().toList();
    }
  }

  private record Result(int status, String log) {}

  private Result assemble(Path text, String architecture) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Process p = new ProcessBuilder(ptxas.toString(), "-v", "-arch=" + architecture, text.toString(), "-o",
        folder.resolve("cubin").toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(p.waitFor(2, TimeUnit.MINUTES), "ptxas does not end");
    return new Result(p.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void everyTextIsAssembledWithoutSpills(Path text) throws IOException, InterruptedException {
    for (String architecture : ARCHITECTURES) {
      Result r = assemble(text, architecture);
      assertEquals(0, r.status(), () -> text + " for " + architecture + ":\n" + r.log());
      Matcher m = SPILLS.matcher(r.log());
      assertTrue(m.find(), () -> "no line about spills in:\n" + r.log());
      do {
        assertEquals("0 0", m.group(1) + " " + m.group(2), () -> text + " for " + architecture + ":\n" + r.log());
      } while (m.find());
    }
  }

  @Test
  void aTextThatIsWrongIsRefused() throws IOException, InterruptedException, URISyntaxException {
    String right = Files.readString(texts().getFirst());
    assertFalse(right.isEmpty());
    Path wrong = Files.writeString(folder.resolve("wrong.ptx"), right.replace("ret;", "return;"));
    assertTrue(assemble(wrong, "sm_80").status() != 0);
  }
}
