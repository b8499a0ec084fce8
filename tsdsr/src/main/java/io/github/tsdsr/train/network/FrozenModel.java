package io.github.tsdsr.train.network;

import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Scope;
import java.io.IOException;

/** The networks and prompts of a model folder where a run computes. None of it is trained. */
public final class FrozenModel {
  private final Scope scope;
  private final OpenParts open;
  private final ModelFolder folder;

  private FrozenModel(Scope scope, OpenParts open, ModelFolder folder) {
    this.scope = scope;
    this.open = open;
    this.folder = folder;
  }

  /**
   * Opens a model.
   *
   * @param scope owns prompts
   * @param open owns files and copies of weights
   */
  public static FrozenModel open(Scope scope, OpenParts open, BaseModel model) throws IOException {
    return new FrozenModel(scope, open, open.add(ModelFolder.open(model.folder())));
  }

  /** Its files. */
  public ModelFolder folder() {
    return folder;
  }

  /** Its transformer. */
  public MmDit transformer() {
    return new MmDit(folder.transformerConfig(), open.onBackend(scope.backend(), folder.transformer()));
  }

  /** Its autoencoder. */
  public Vae vae() {
    return new Vae(folder.vaeConfig(), open.onBackend(scope.backend(), folder.vae()));
  }

  /** Its default prompt, for one sample. */
  public Prompt text() throws IOException {
    try (EmbeddingFiles files = folder.defaultPrompt()) {
      return LearnedPrompt.load(scope, files, folder.transformerConfig());
    }
  }

  /** The empty prompt, which guidance leads away from, for one sample. */
  public Prompt nothing() throws IOException {
    try (EmbeddingFiles files = folder.nullPrompt()) {
      return LearnedPrompt.load(scope, files, folder.transformerConfig());
    }
  }
}
