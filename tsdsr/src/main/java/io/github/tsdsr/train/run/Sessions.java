package io.github.tsdsr.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.JsonText;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * When and on what a run was worked on, from each start to the last checkpoint it reached: {@code sessions.json}. Apart
 * from the log, which is the same for every run of a configuration.
 */
public final class Sessions {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final long LIMIT = 4 << 20;

  /**
   * One start.
   *
   * @param first steps done before
   * @param last steps done in the end
   * @param seconds the steps took, without validation and writing
   * @param backend what they ran on
   */
  record Session(Instant began, Instant ended, long first, long last, double seconds, String backend) {}

  private final Path file;
  private final List<Session> earlier = new ArrayList<>();
  private Session current;

  private Sessions(Path file) {
    this.file = file;
  }

  /**
   * Begins one more.
   *
   * @param first how many steps are done; what later ones reached was lost
   */
  public static Sessions begin(Path file, long first, String backend) throws IOException {
    Sessions sessions = new Sessions(file);
    if (first > 0 && Files.exists(file)) {
      for (JsonNode n : JsonText.object(file, LIMIT).path("sessions")) {
        sessions.earlier.add(new Session(
            Instant.parse(n.path("began").asText()), Instant.parse(n.path("ended").asText()), n.path("first").asLong(),
            n.path("last").asLong(), n.path("seconds").asDouble(), n.path("backend").asText()));
      }
    }
    Instant now = now();
    sessions.current = new Session(now, now, first, first, 0, backend);
    return sessions;
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Counts a step. */
  public void stepped(double seconds) {
    current = new Session(
        current.began, now(), current.first, current.last + 1, current.seconds + seconds, current.backend);
  }

  /** All of them, the current one last. */
  List<Session> all() {
    List<Session> all = new ArrayList<>(earlier);
    all.add(current);
    return all;
  }

  /** Writes the file. */
  public void save() throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    ArrayNode list = root.putArray("sessions");
    for (Session s : all()) {
      list.addObject().put("began", s.began.toString()).put("ended", s.ended.toString()).put("first", s.first)
          .put("last", s.last).put("seconds", Math.round(s.seconds * 1000) / 1000.0).put("backend", s.backend);
    }
    byte[] bytes = (MAPPER.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, bytes);
  }
}
