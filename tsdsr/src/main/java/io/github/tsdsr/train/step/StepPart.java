package io.github.tsdsr.train.step;

/** The parts of a distillation's step, in the order in which a step first enters them. */
public enum StepPart {
  /** The clean crops' latent, and what is drawn at random. */
  TARGET("latent of the photo"),
  /** The student's forward pass, its encoder included. */
  STUDENT("student"),
  /** What of g lies between the networks: noising, residuals, steps along the trajectory. */
  DIRECTION("residuals and the rest of g"),
  /** The teacher's guided velocities of the student's noised latent. */
  TEACHER_OF_STUDENT("teacher on zhat"),
  /** The teacher's guided velocities of the photo's noised latent. */
  TEACHER_OF_TARGET("teacher on z"),
  /** The LoRA model's guided velocities of the student's noised latent. */
  LORA_OF_STUDENT("LoRA model on zhat"),
  /** Decoder and perceptual loss. */
  PICTURE("decoder and perceptual loss"),
  /** Back through both of them to the student's latent. */
  PICTURE_GRADIENT("backward through both"),
  /** Back through the student. */
  STUDENT_GRADIENT("backward through the student"),
  /** The LoRA model's own loss and gradients. */
  LORA_STEP("LoRA model's loss and gradients"),
  /** Clipping, optimisers and averages of both groups. */
  UPDATE("optimisers");

  private final String title;

  StepPart(String title) {
    this.title = title;
  }

  /** What a table calls it. */
  public String title() {
    return title;
  }
}
