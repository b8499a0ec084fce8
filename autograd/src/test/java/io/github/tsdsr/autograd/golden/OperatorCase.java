package io.github.tsdsr.autograd.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import java.util.ArrayList;
import java.util.List;

/** A case of an operator family of the golden data, section 5: the file golden/ops/(family).safetensors. */
record OperatorCase(String family, String id, JsonNode parameters, SafetensorsFile file) {
  /** All cases of a family. */
  static List<OperatorCase> of(String family) {
    SafetensorsFile file = GoldenFiles.safetensors("ops/" + family + ".safetensors");
    List<OperatorCase> cases = new ArrayList<>();
    try {
      JsonNode parameters = new ObjectMapper().readTree(file.metadata().get("cases"));
      parameters.properties().forEach(e -> cases.add(new OperatorCase(family, e.getKey(), e.getValue(), file)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
    return cases;
  }

  /** The file's name of a tensor of this case. */
  String name(String tensor) {
    return id + "." + tensor;
  }

  /** Whether a result, or an input's gradient, is zero by its nature, so that only rounding is left. */
  boolean isZero(String name) {
    for (JsonNode zero : parameters.path("zero_gradient")) {
      if (zero.asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return family + " " + id;
  }
}
