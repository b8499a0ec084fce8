package io.github.tsdsr.train.network;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.file.Fingerprint;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained autoencoder that others are trained on: its configuration, and its weights in one file.
 *
 * @param folder such as a run's {@code model/vae}
 */
public record FrozenVae(Path folder, VaeConfig config) {
  /**
   * Reads the configuration.
   *
   * @throws FormatException if configuration or weights are not there, or it is not valid
   */
  public static FrozenVae at(Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new FormatException(
          folder.toString(), "no config.json here; expected a trained autoencoder, such as a run's model/vae");
    }
    if (!Files.isRegularFile(ModelExport.fileIn(folder))) {
      throw new FormatException(folder.toString(), "expected the autoencoder's weights in "
          + ModelExport.fileIn(folder).getFileName());
    }
    return new FrozenVae(folder, NetworkConfigs.vae(Config.json(file)));
  }

  /**
   * Checks that a transformer's latents are this autoencoder's and that crops are whole patches of them.
   *
   * @param run holds {@code crop}
   * @param section the transformer's
   */
  public void check(Config run, Config section, MmDitConfig transformer, int crop) {
    int channels = config.latentChannels();
    if (transformer.inChannels() != channels) {
      throw section.refused("in_channels", channels + ", as many as the autoencoder's latents have");
    }
    if (transformer.outChannels() != channels) {
      throw section.refused("out_channels", channels + ", as many as the autoencoder's latents have");
    }
    checkCrop(run, transformer, crop);
  }

  /**
   * Checks that crops are whole patches of a transformer's latents.
   *
   * @param run holds {@code crop}
   */
  public void checkCrop(Config run, MmDitConfig transformer, int crop) {
    int multiple = config.factor() * transformer.patchSize();
    if (crop % multiple != 0) {
      throw run.refused("crop", "a multiple of " + multiple + ", the autoencoder's factor times the patch size");
    }
  }

  /** Fingerprints of its files, under names for people, in an order that is always the same. */
  public Map<String, String> inputs() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("autoencoder's weights", Fingerprint.ofFile(ModelExport.fileIn(folder)));
    all.put("autoencoder's configuration", Fingerprint.ofFile(folder.resolve("config.json")));
    return all;
  }

  /** Copies the weights to a component's folder. */
  void copyWeights(Path to) throws IOException {
    AtomicFile.write(ModelExport.fileIn(to), out -> {
      try (FileChannel from = FileChannel.open(ModelExport.fileIn(folder), StandardOpenOption.READ)) {
        long at = 0;
        while (at < from.size()) {
          at += from.transferTo(at, from.size() - at, out);
        }
      }
    });
  }
}
