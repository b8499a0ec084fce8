package io.github.tsdsr.data.pairs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.JsonText;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** What a set was made with, in a file beside it: a set is only ever continued as it was begun. */
final class PairManifest {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final long LIMIT = 1 << 20;

  private PairManifest() {}

  /**
   * Notes settings that are not noted yet.
   *
   * @throws FormatException if others are noted, or the folder holds pictures of which nothing is known
   */
  static void agree(Path set, Map<String, String> settings) throws IOException {
    Path file = set.resolve(PairLayout.MANIFEST);
    ObjectNode known;
    if (Files.exists(file)) {
      known = JsonText.object(file, LIMIT);
    } else {
      refuseForeign(set);
      known = MAPPER.createObjectNode();
    }
    boolean changed = false;
    for (Map.Entry<String, String> e : settings.entrySet()) {
      String before = known.path(e.getKey()).asText(null);
      if (before == null) {
        known.put(e.getKey(), e.getValue());
        changed = true;
      } else if (!before.equals(e.getValue())) {
        throw new FormatException(set.toString(), "was begun with " + e.getKey() + " " + before + ", now "
            + e.getValue() + ": name another folder");
      }
    }
    if (changed) {
      AtomicFile.write(file, (MAPPER.writeValueAsString(known) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void refuseForeign(Path set) throws IOException {
    for (String folder : new String[] {PairLayout.CLEAN, PairLayout.DEGRADED}) {
      Path of = set.resolve(folder);
      if (!Files.isDirectory(of)) {
        continue;
      }
      try (Stream<Path> files = Files.list(of)) {
        if (files.findAny().isPresent()) {
          throw new FormatException(set.toString(), "holds " + folder + "/ but no " + PairLayout.MANIFEST
              + ": the pictures are not from this program; name another folder");
        }
      }
    }
  }
}
