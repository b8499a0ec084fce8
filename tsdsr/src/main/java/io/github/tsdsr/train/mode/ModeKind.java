package io.github.tsdsr.train.mode;

import io.github.tsdsr.io.config.Config;

/** The modes that a configuration can name. */
public enum ModeKind {
  /** An autoencoder from its start. */
  VAE,
  /** A one-step student from its start. */
  STUDENT,
  /** A multi-step teacher from its start. */
  TEACHER,
  /** Adapters on a teacher that is there. */
  TEACHER_LORA,
  /** A one-step student distilled from a teacher. */
  DISTILL;

  /**
   * The one that a configuration names.
   *
   * @throws io.github.tsdsr.io.FormatException if it names none of them
   */
  public static ModeKind of(Config c) {
    return switch (c.text("mode")) {
      case "vae" -> VAE;
      case "student" -> STUDENT;
      case "teacher" -> c.has("model") ? TEACHER_LORA : TEACHER;
      case "distill" -> DISTILL;
      default -> throw c.refused("mode", "vae, student, teacher or distill");
    };
  }

  /** Whether it begins with a trained model, else with a network's start. */
  public boolean adaptsModel() {
    return this == TEACHER_LORA || this == DISTILL;
  }
}
