package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reference data under the test resources, for this module and, as its test-jar, for those that build on it: the small
 * models and their weights (golden README, section 1); good and hostile files (section 5, part 4).
 */
public final class GoldenFiles {
  private static final Map<String, Path> READY = new ConcurrentHashMap<>();

  private GoldenFiles() {}

  /**
   * A file or folder of the resources under {@code golden/}; unpacked for this JVM's life where they lie in a jar or hold
   * files that are made and not stored, see {@link GoldenWeights}.
   */
  public static Path path(String name) {
    return READY.computeIfAbsent(name, GoldenFiles::ready);
  }

  private static Path ready(String name) {
    URL url = GoldenFiles.class.getResource("/golden/" + name);
    if (url == null) {
      Path file = temporary().resolve(Path.of(name).getFileName());
      GoldenWeights.Manifest.read(name + GoldenWeights.MADE).write(file);
      return file;
    }
    try {
      URI uri = url.toURI();
      if (!url.getProtocol().equals("jar")) {
        Path from = Path.of(uri);
        return isStored(from) ? from : unpacked(from);
      }
      try (FileSystem _ = FileSystems.newFileSystem(uri, Map.of())) {
        return unpacked(Path.of(uri));
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isStored(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      return files.noneMatch(f -> f.toString().endsWith(GoldenWeights.MADE));
    }
  }

  private static Path unpacked(Path from) throws IOException {
    Path to = temporary();
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        String target = to.resolve(from.getParent().relativize(file).toString()).toString();
        if (target.endsWith(GoldenWeights.MADE)) {
          try (InputStream in = Files.newInputStream(file)) {
            GoldenWeights.Manifest.read(in)
                .write(Path.of(target.substring(0, target.length() - GoldenWeights.MADE.length())));
          }
        } else if (!Files.isDirectory(Path.of(target))) {
          // A build folder may still hold a file that is made now.
          Files.copy(file, Path.of(target), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return to.resolve(from.getFileName().toString());
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("golden");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.getLogger(GoldenFiles.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + folder, e);
    }
  }

  /** A file of weights or reference tensors. */
  public static SafetensorsFile safetensors(String name) {
    try (InputStream in = GoldenFiles.class.getResourceAsStream("/golden/" + name)) {
      return in == null ? SafetensorsFile.open(path(name)) : SafetensorsFile.of(in.readAllBytes(), name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The list of that name in a folder's cases.json. */
  public static Stream<JsonNode> cases(String folder, String list) {
    try {
      JsonNode cases = new ObjectMapper().readTree(path(folder + "/cases.json").toFile());
      return StreamSupport.stream(cases.get(list).spliterator(), false);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The elements' bits in row-major order. */
  public static byte[] bits(Tensor t) {
    try (ReferenceBackend backend = new ReferenceBackend()) {
      MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(t.bytes())]);
      backend.download(t, to);
      return to.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** The bytes of a tensor's storage. */
  public static MemorySegment segment(Tensor t) {
    return ((HostStorage) t.storage()).segment();
  }

  /** That a message is one line for people: it names the file and says what the words say. */
  public static void assertOneLine(String message, String file, String... words) {
    assertTrue(message.contains(Path.of(file).getFileName().toString()), () -> "the file is not named: " + message);
    assertFalse(message.chars().anyMatch(c -> c < ' '), () -> "more than one line: " + message);
    assertTrue(message.length() < 600, () -> message.length() + " characters");
    assertAll(Stream.of(words)
        .map(w -> () -> assertTrue(message.contains(w), () -> "\"" + w + "\" expected in: " + message)));
  }

  /** Bytes that the calling thread takes on the heap while the work runs. */
  public static long allocatedBy(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
