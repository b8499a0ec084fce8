package io.github.tsdsr.data.pairs;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.Fingerprint;
import io.github.tsdsr.io.file.FolderLock;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.io.pt.PtWriter;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Adds the latents of a set's clean pictures: mean of the encoder times the scaling factor, (channels, height, width) in
 * F32. What is there already is left as it is.
 */
public final class LatentMaker {
  private LatentMaker() {}

  /**
   * Encodes what has no latent yet.
   *
   * @param model a model's folder, or that of an autoencoder
   * @param listener hears of the pictures that are done
   * @return how many latents were not there before
   * @throws FormatException if the model or the set are not as they should be, or other latents are there already
   * @throws IOException if a file cannot be read or written
   */
  public static int make(Backend backend, Path model, Path set, PairMaker.Listener listener) throws IOException {
    Path folder = Files.isDirectory(model.resolve("vae")) ? model.resolve("vae") : model;
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new FormatException(model.toString(), "neither a model nor an autoencoder: no vae/config.json here");
    }
    VaeConfig config = NetworkConfigs.vae(Config.json(file));
    PairFolder pairs = PairFolder.withoutCaches(set);
    if (pairs.width() % config.factor() != 0 || pairs.height() % config.factor() != 0) {
      throw new FormatException(model.toString(), "its autoencoder wants sides that are multiples of "
          + config.factor() + ", the pictures have " + pairs.width() + "x" + pairs.height());
    }
    try (FolderLock _ = FolderLock.take(set).orElseThrow(
        () -> new FormatException(set.toString(), "another process writes in this folder"));
        WeightFiles weights = WeightFiles.open(folder);
        BackendWeights here = BackendWeights.on(backend, weights)) {
      PairManifest.agree(set, Map.of("autoencoder", Fingerprint.ofFolder(folder)));
      Files.createDirectories(set.resolve(PairLayout.LATENTS));
      FolderLock.removeTemporary(set.resolve(PairLayout.LATENTS), 1);
      Vae vae = new Vae(config, here);
      int written = 0;
      for (int i = 0; i < pairs.size(); i++) {
        Path latent = PairLayout.latent(set, pairs.name(i));
        if (!Files.isRegularFile(latent)) {
          if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while encoding pictures");
          }
          write(backend, vae, pairs.read(i).clean(), latent);
          written++;
        }
        listener.progress(i + 1, pairs.size());
      }
      return written;
    }
  }

  private static void write(Backend backend, Vae vae, BytePixels clean, Path to) throws IOException {
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      Var picture =
          tape.leaf(Values.tensor(scope, DType.F32, clean.toSigned().samples(), 1, clean.height(), clean.width(), 3));
      Var mean = vae.mean(tape, vae.moments(tape, picture, Adapters.NONE));
      Tensor latent = vae.scaled(tape, mean).value().select(0, 0).permute(2, 0, 1);
      PtWriter.write(to, Values.floats(backend, scope.copy(latent, DType.F32)), latent.shape());
    }
  }
}
