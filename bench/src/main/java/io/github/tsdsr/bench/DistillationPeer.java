package io.github.tsdsr.bench;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.step.StepPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;

/** A step of distillation of the same shapes in PyTorch, by the script {@code bench/peers/distillation_step.py}. */
final class DistillationPeer {
  private static final Path SCRIPT = Path.of("bench", "peers", "distillation_step.py");

  private DistillationPeer() {}

  /**
   * What PyTorch did.
   *
   * @param millis the middle of the steps' times by part
   * @param step of whole steps
   * @param resident the most bytes that lay in main memory
   */
  record Outcome(String name, Map<StepPart, Double> millis, double step, long resident) {}

  /**
   * The command that runs the script on the configured models, with as many threads and steps.
   *
   * @throws IllegalArgumentException if the script does not know what is configured
   */
  static List<String> command(ConfiguredTraining training) throws IOException {
    Config c = training.config();
    boolean known = c.text("trains", "adapters").equals("all") && c.text("rules", "paper").equals("paper")
        && c.text("optimiser", "adamw").equals("adamw") && c.texts("lpips").isEmpty()
        && !c.flag("encoder_adapters", false) && !c.flag("recompute", false) && c.flag("guidance_batched", true)
        && c.number("guidance", 2) != 1 && c.integer("parts", 1) == 1;
    if (!known) {
      throw new IllegalArgumentException(c.file()
          + ": the peer knows trains: all with the paper's rules, AdamW, the loss in "
          + "the encoder's features and guidance in one batch; neither parts, recompute nor adapters of the encoder");
    }
    Path teacher = training.base().resolve(c.text("teacher"));
    int points = c.integer("first_phase") == 0 ? c.integer("points", 4) : c.integer("first_points", 1);
    return List.of(
        training.peer().orElseThrow().toString(), SCRIPT.toString(), teacher.toString(),
        training.base().resolve(c.text("student", c.text("teacher"))).toString(),
        "--batch", String.valueOf(c.integer("batch")), "--crop", String.valueOf(c.integer("crop")), "--points",
        String.valueOf(points),
        "--rank", String.valueOf(c.section("lora_model").integer("rank", 64)),
        "--warm-up", String.valueOf(Math.min(training.warmUp(), 10)), "--steps", String.valueOf(training.steps()),
        "--threads", String.valueOf(training.threads()));
  }

  /** Runs the command. */
  static Outcome run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String name = "PyTorch";
    Map<StepPart, Double> millis = new EnumMap<>(StepPart.class);
    double step = 0;
    long resident = 0;
    try (Scanner lines = new Scanner(process.getInputStream(), StandardCharsets.UTF_8)) {
      while (lines.hasNextLine()) {
        String line = lines.nextLine();
        String[] words = line.split(" ");
        switch (words[0]) {
          case "part" -> millis.put(StepPart.valueOf(words[1]), Double.parseDouble(words[2]));
          case "step" -> step = Double.parseDouble(words[1]);
          case "memory" -> resident = Long.parseLong(words[1]);
          case "peer" -> name = line.substring(words[0].length() + 1);
          default -> System.err.println(line);
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(SCRIPT + " ended with code " + process.exitValue());
    }
    return new Outcome(name, millis, step, resident);
  }
}
