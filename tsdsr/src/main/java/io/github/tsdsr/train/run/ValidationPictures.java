package io.github.tsdsr.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.JsonText;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.train.report.Page;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pictures of the latest validation as files, with {@code strips.json} that says which belong together. */
public final class ValidationPictures {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String INDEX = "strips.json";
  private static final long LIMIT = 1 << 20;
  private static final int QUALITY = 95;
  /** Smaller ones are shown enlarged: there every pixel counts. */
  private static final int LEAST_JPEG_SIDE = 128;

  private ValidationPictures() {}

  /**
   * The strips that a folder holds.
   *
   * @param steps after how many steps they were made
   */
  record Saved(long steps, List<Page.Strip> strips) {}

  /** Writes strips over those that were there. */
  public static void write(Path folder, long steps, List<Validation.Strip> strips) throws IOException {
    if (strips.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    ObjectNode root = MAPPER.createObjectNode().put("steps", steps);
    ArrayNode list = root.putArray("strips");
    for (Validation.Strip strip : strips) {
      ObjectNode node = list.addObject().put("title", strip.title());
      ArrayNode panels = node.putArray("panels");
      for (Validation.Panel panel : strip.panels()) {
        String name = list.size() + "-" + (panels.size() + 1);
        panels.addObject().put("label", panel.label()).put("note", panel.note())
            .put("file", write(folder, name, panel.picture()));
      }
    }
    byte[] bytes = (MAPPER.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(INDEX), bytes);
  }

  private static String write(Path folder, String name, BytePixels picture) throws IOException {
    if (picture.width() < LEAST_JPEG_SIDE) {
      Images.write(Pictures.image(picture), folder.resolve(name + ".png"), ImageFormat.PNG);
      return name + ".png";
    }
    Images.write(Pictures.image(picture), folder.resolve(name + ".jpg"), ImageFormat.JPEG, QUALITY);
    return name + ".jpg";
  }

  /** Reads what was written; nothing if there is none. */
  static Saved read(Path folder) throws IOException {
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      return new Saved(0, List.of());
    }
    ObjectNode root = JsonText.object(index, LIMIT);
    List<Page.Strip> strips = new ArrayList<>();
    for (JsonNode strip : root.path("strips")) {
      List<Page.Panel> panels = new ArrayList<>();
      for (JsonNode p : strip.path("panels")) {
        panels.add(new Page.Panel(
            p.path("label").asText(), p.path("note").asText(), folder.resolve(p.path("file").asText())));
      }
      strips.add(new Page.Strip(strip.path("title").asText(), panels));
    }
    return new Saved(root.path("steps").asLong(), strips);
  }
}
