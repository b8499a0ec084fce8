package io.github.tsdsr.train.network;

import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes trained weights as the files of a model folder. */
public final class ModelExport {
  private static final String FILE = "diffusion_pytorch_model.safetensors";

  private ModelExport() {}

  /** A component's weights file. */
  public static Path fileIn(Path component) {
    return component.resolve(FILE);
  }

  /** A component's weights, all in one type. */
  public static void weights(Path component, Backend backend, Map<String, Tensor> tensors, DType dtype)
      throws IOException {
    Files.createDirectories(component);
    file(fileIn(component), backend, tensors, dtype);
  }

  /** Tensors, all in one type. */
  public static void file(Path file, Backend backend, Map<String, Tensor> tensors, DType dtype) throws IOException {
    Map<String, SafetensorsWriter.Spec> specs = new LinkedHashMap<>();
    tensors.forEach((name, t) -> specs.put(name, new SafetensorsWriter.Spec(dtype, t.shape())));
    SafetensorsWriter.write(file, backend, specs, Map.of("format", "pt"), (_, name) -> tensors.get(name));
  }
}
