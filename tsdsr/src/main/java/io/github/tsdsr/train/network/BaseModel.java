package io.github.tsdsr.train.network;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.Fingerprint;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained model that others stand on or begin with.
 *
 * @param folder such as a run's {@code model}
 * @param transformer its transformer's shape
 */
public record BaseModel(Path folder, MmDitConfig transformer) {
  private static final String CONFIG = "transformer/config.json";

  /**
   * Reads the configuration.
   *
   * @throws FormatException if it is not there or not valid
   */
  public static BaseModel at(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new FormatException(folder.toString(), "no " + CONFIG + " here; expected a trained model");
    }
    return new BaseModel(folder, NetworkConfigs.transformer(Config.json(file)));
  }

  /** Its autoencoder. */
  public FrozenVae vae() throws IOException {
    return FrozenVae.at(folder.resolve("vae"));
  }

  /** Tells files of other weights apart. */
  private String weightsFingerprint() throws IOException {
    Path transformerFolder = folder.resolve("transformer");
    Path file = ModelExport.fileIn(transformerFolder);
    return Files.exists(file) ? Fingerprint.ofFile(file) : Fingerprint.ofFolder(transformerFolder);
  }

  /**
   * Fingerprints of its transformer and of those prompts that are there, under names for people.
   *
   * @param whose such as "teacher's"
   * @param weights what its weights are called
   */
  public Map<String, String> inputs(String whose, String weights) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(whose + " " + weights, weightsFingerprint());
    all.put(whose + " configuration", Fingerprint.ofFile(folder.resolve(CONFIG)));
    for (String prompt : List.of("default", "null")) {
      Path embeddings = folder.resolve("embeddings").resolve(prompt);
      if (Files.isDirectory(embeddings)) {
        all.put("embeddings of the " + whose + " " + prompt + " prompt", Fingerprint.ofFolder(embeddings));
      }
    }
    return all;
  }
}
