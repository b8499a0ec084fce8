package io.github.tsdsr.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run's log: one JSON object a line, {@code {"step": 12, losses..., "norm": ..., "rate": ...}}. */
public final class TrainingLog implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;
  private final FileChannel channel;

  private TrainingLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * A line.
   *
   * @param step its number, from 0
   * @param values by name, in the line's order
   */
  public record Entry(long step, Map<String, Double> values) {}

  /** Opens the log of a run that has done some steps; lines of later ones, from before it was cut off, go. */
  public static TrainingLog open(Path file, long steps) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String line : completeLines(file)) {
      if (MAPPER.readTree(line).path("step").asLong() < steps) {
        kept.add(line + "\n");
      }
    }
    byte[] bytes = String.join("", kept).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, bytes);
    return new TrainingLog(file, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
  }

  /** The lines of a log that is there. */
  public static List<Entry> read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : completeLines(file)) {
      JsonNode node = MAPPER.readTree(line);
      Map<String, Double> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> e : node.properties()) {
        if (!e.getKey().equals("step")) {
          values.put(e.getKey(), e.getValue().asDouble());
        }
      }
      entries.add(new Entry(node.path("step").asLong(), values));
    }
    return entries;
  }

  /** A line that a kill has cut off does not end its object. */
  private static List<String> completeLines(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(line -> line.startsWith("{") && line.endsWith("}")).toList()
        : List.of();
  }

  /** Adds a line for a step. */
  public void write(long step, Map<String, Double> values) throws IOException {
    ObjectNode node = MAPPER.createObjectNode().put("step", step);
    values.forEach(node::put);
    ByteBuffer line =
        ByteBuffer.wrap((MAPPER.writeValueAsString((JsonNode) node) + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      throw new FileSystemException(file.toString(), null, e.getMessage());
    }
  }

  /** Brings all lines to the disk: a checkpoint must not be ahead of them. */
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
