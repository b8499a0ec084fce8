package io.github.tsdsr.model;

import java.nio.file.Path;

/** Which model is meant. */
public sealed interface ModelChoice {
  /** One that comes with the library. */
  record BuiltIn(BuiltInModel model) implements ModelChoice {}

  /** A folder as diffusers lays it out. */
  record Folder(Path path) implements ModelChoice {}

  /** What a word stands for: the label of a built-in model, or else a folder. A folder of such a name is {@code ./NAME}. */
  static ModelChoice of(String word) {
    return BuiltInModel.labelled(word).<ModelChoice>map(BuiltIn::new).orElseGet(() -> new Folder(Path.of(word)));
  }
}
