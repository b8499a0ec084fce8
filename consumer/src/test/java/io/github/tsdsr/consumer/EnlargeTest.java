package io.github.tsdsr.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of a few lines that shows how the library is used: Enlarge.java among the test's resources. */
class EnlargeTest {
  private static final Path README = Path.of("..", "README.md");

  @TempDir
  private Path folder;

  private static String program() throws IOException {
    try (InputStream in = EnlargeTest.class.getResourceAsStream("/Enlarge.java")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void itRunsAsItStands() throws Exception {
    Path source = Files.writeString(folder.resolve("Enlarge.java"), program());
    Path in = folder.resolve("in.png");
    Path out = folder.resolve("out.png");
    Images.write(Image.ofRgb(20, 12, new byte[20 * 12 * 3]), in, ImageFormat.PNG);
    Process process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), source.toString(),
        in.toString(), out.toString()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    Image large = Images.read(out);
    assertEquals(80, large.width());
    assertEquals(48, large.height());
  }

  @Test
  void itHasAboutTenLines() throws IOException {
    List<String> lines = program().lines().filter(line -> !line.isBlank()).toList();
    assertTrue(lines.size() <= 12, lines.size() + " lines");
  }

  @Test
  void theReadmeQuotesItToTheLetter() throws IOException {
    assertTrue(Files.exists(README), "there is no README here");
    Matcher quoted = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertTrue(quoted.find(), "the README quotes no Java");
    assertEquals(program(), quoted.group(1));
  }
}
