package io.github.tsdsr.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The models that come with the library. They share an autoencoder and differ in their transformers' weights. */
public enum BuiltInModel {
  /** Trained by reconstruction alone: what is closest to the photo, measured in dB. */
  FAITHFUL("builtin/"),
  /** Trained further by Target Score Distillation with a perceptual loss: sharper to look at. */
  SHARP("builtin-sharp/", "builtin/");

  private static final String ROOT = "/io/github/tsdsr/";

  private final List<String> folders;

  BuiltInModel(String... folders) {
    this.folders = Arrays.stream(folders).map(f -> ROOT + f).toList();
  }

  /** What messages call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its resources; what the first folder lacks is in the next. */
  ModelSource source() {
    return new ModelSource.Resources(BuiltInModel.class, folders, "the built-in model " + label());
  }
}
