package io.github.tsdsr.train.network;

import io.github.tsdsr.infer.ModelDefaults;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.DiffusersConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a trained transformer as a model folder with the autoencoder it was trained on.
 *
 * @param settings that suit the model
 * @param lora the folder in the model whose adapters belong to it, if there is one
 */
public record TransformerExport(
    FrozenVae vae, MmDitConfig transformer, UpscaleSettings settings, Optional<String> lora) {
  /**
   * The settings that suit a one-step student of small crops: tiles as large as these.
   *
   * @param factor the autoencoder's
   * @param overlap of tiles, in latent pixels
   */
  public static UpscaleSettings settings(int crop, int factor, int overlap) {
    return new UpscaleSettings(
        new OutputSize.Scale(4), crop, ColourAlignment.WAVELET, new Tiling(crop / factor, overlap, 0, 0), false);
  }

  /**
   * Writes the folder.
   *
   * @param tensors the transformer's and the prompts', by name
   * @param prompts which of them
   */
  public void write(Path model, Backend backend, Map<String, Tensor> tensors, List<LearnedPrompt> prompts)
      throws IOException {
    DiffusersConfigs.writeIndex(model);
    DiffusersConfigs.write(model, transformer);
    DiffusersConfigs.write(model, vae.config());
    new ModelDefaults(settings, lora).write(model);
    Map<String, Tensor> network = new LinkedHashMap<>(tensors);
    for (LearnedPrompt prompt : prompts) {
      Path folder = model.resolve(prompt.folder());
      Files.createDirectories(folder);
      ModelExport.file(folder.resolve(EmbeddingFiles.BOTH), backend, prompt.takeFrom(network), DType.F32);
    }
    ModelExport.weights(model.resolve("transformer"), backend, network, DType.F16);
    vae.copyWeights(model.resolve("vae"));
  }
}
