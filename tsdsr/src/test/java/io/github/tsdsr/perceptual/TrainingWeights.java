package io.github.tsdsr.perceptual;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenWeights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The LPIPS weights of golden section 3: their JSON has names and shapes, the rule is in the README. */
public final class TrainingWeights {
  private TrainingWeights() {}

  /** How they are made. */
  public static GoldenWeights.Manifest manifest() {
    JsonNode about = about();
    List<GoldenWeights.Made> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : about.get("shape").properties()) {
      String name = e.getKey();
      long[] shape = new ObjectMapper().convertValue(e.getValue(), long[].class);
      if (name.startsWith("lin")) {
        tensors.add(new GoldenWeights.Made(name, shape, 0.5, 0.5));
      } else if (name.endsWith(".bias")) {
        tensors.add(new GoldenWeights.Made(name, shape, 0.1, 0));
      } else {
        tensors.add(new GoldenWeights.Made(name, shape, Math.sqrt(3.0 / (shape[1] * shape[2] * shape[3])), 0));
      }
    }
    return new GoldenWeights.Manifest(about.get("prefix").asText(), tensors);
  }

  private static JsonNode about() {
    try {
      return new ObjectMapper().readTree(GoldenFiles.class.getResource("/golden/train/lpips_weights.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
