package io.github.tsdsr.train.distill;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.ModelExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes adapters under the names of the published files. Their readers take a scale of 1, so that alpha / rank goes into
 * the matrices B.
 */
final class AdapterExport {
  static final String STUDENT = "transformer.safetensors";
  static final String ENCODER = "vae.safetensors";
  static final String LORA_MODEL = "transformer_reg.safetensors";

  private AdapterExport() {}

  /** Writes a file, unless there are no adapters. */
  static void write(Path folder, String file, Backend backend, Map<String, Tensor> adapters, double scale)
      throws IOException {
    if (adapters.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    try (Scope scope = Scope.on(backend)) {
      Map<String, Tensor> scaled = new LinkedHashMap<>();
      adapters.forEach((name, t) -> {
        Tensor b = t;
        if (name.contains(".lora_B.") && scale != 1) {
          b = scope.empty(DType.F32, t.shape());
          backend.run(Unary.affine(t, scale, 0, b));
        }
        scaled.put(name, b);
      });
      ModelExport.file(folder.resolve(file), backend, scaled, DType.F32);
    }
  }
}
