package io.github.tsdsr.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run's log: one JSON object a line, {@code {"step": 12, "rate": ..., "norm": ..., losses...}}. */
final class TrainingLog implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Writer writer;

  private TrainingLog(Writer writer) {
    this.writer = writer;
  }

  /** Opens the log of a run that has done some steps; lines of later ones, from before it was cut off, go. */
  static TrainingLog open(Path file, long steps) throws IOException {
    List<String> kept = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (isComplete(line) && MAPPER.readTree(line).path("step").asLong() < steps) {
          kept.add(line + "\n");
        }
      }
    }
    byte[] bytes = String.join("", kept).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(bytes)));
    return new TrainingLog(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
  }

  /** A line that a kill has cut off does not end its object. */
  private static boolean isComplete(String line) {
    return line.startsWith("{") && line.endsWith("}");
  }

  /** Adds a line for a step. */
  void write(long step, Map<String, Double> values) throws IOException {
    ObjectNode node = MAPPER.createObjectNode().put("step", step);
    values.forEach(node::put);
    writer.write(MAPPER.writeValueAsString((JsonNode) node) + "\n");
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
