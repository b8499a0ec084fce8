package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Good and hostile files under the test resources; golden README, section 5, part 4. */
public final class GoldenFiles {
  private GoldenFiles() {}

  /** A file or folder of the resources under {@code golden/}. */
  public static Path path(String name) {
    try {
      return Path.of(GoldenFiles.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
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
