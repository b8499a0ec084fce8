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
  private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

  private GoldenFiles() {}

  /** A file or folder of the resources under {@code golden/}; unpacked for this JVM's life where they lie in a jar. */
  public static Path path(String name) {
    URL url = GoldenFiles.class.getResource("/golden/" + name);
    assertNotNull(url, () -> "no test resource golden/" + name);
    return url.getProtocol().equals("jar") ? UNPACKED.computeIfAbsent(name, n -> unpack(url)) : Path.of(uri(url));
  }

  private static URI uri(URL url) {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Path unpack(URL url) {
    URI uri = uri(url);
    try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
      Path to = Files.createTempDirectory("golden");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(to)));
      Path from = Path.of(uri);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Path target = to.resolve(from.getParent().relativize(file).toString());
          if (!Files.isDirectory(target)) {
            Files.copy(file, target);
          }
        }
      }
      return to.resolve(from.getFileName().toString());
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

  /** A file of weights or reference tensors, held in memory. */
  public static SafetensorsFile safetensors(String name) {
    try (InputStream in = GoldenFiles.class.getResourceAsStream("/golden/" + name)) {
      assertNotNull(in, () -> "no test resource golden/" + name);
      return SafetensorsFile.of(in.readAllBytes(), name);
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
