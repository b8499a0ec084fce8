package io.github.tsdsr.train;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Configurations of seconds: small photos that are made up, nets as small as their starts allow. */
public final class TinyRun {
  private static final String COMMON = """
      seed: 3
      photos: photos
      out: run
      steps: 12
      batch: 1
      crop: 16
      rate: 0.002
      warmup: 2
      colours: 0.5
      checkpoint_every: 5
      """;
  private static final String VAE = """
      mode: vae
      vae:
        latent_channels: 4
        block_out_channels: [12, 12]
        norm_num_groups: 3
        mid_block_add_attention: false
        scaling_factor: 1.0
      """;
  private static final String STUDENT = """
      mode: student
      vae: vae-run/model/vae
      prompt_tokens: 2
      """;
  private static final String TEACHER = """
      mode: teacher
      vae: vae-run/model/vae
      prompt_tokens: 2
      null_share: 0.3
      sample_steps: 2
      """;
  private static final String TEACHER_LORA = """
      mode: teacher
      model: teacher-run/model
      lora: {rank: 2, alpha: 4}
      sample_steps: 2
      """;
  private static final String DISTILL = """
      mode: distill
      teacher: teacher-run/model
      guidance: 2
      student_lora: {rank: 2, alpha: 4}
      lora_model: {rank: 2, rate: 0.002}
      first_phase: 6
      points: 2
      """;
  private static final String TRANSFORMER = """
      transformer:
        patch_size: 2
        in_channels: 4
        num_layers: 1
        num_attention_heads: 2
        attention_head_dim: 16
        joint_attention_dim: 8
        pooled_projection_dim: 8
        sample_size: 8
        pos_embed_max_size: 8
        qk_norm: rms_norm
      """;
  /** What a run writes besides its results: when it ran, and pages about it. */
  private static final Set<String> ABOUT = Set.of("sessions.json", "report.html", ".lock");

  private TinyRun() {}

  /** A configuration for an autoencoder, and photos beside it. */
  public static Path vae(Path folder) throws IOException {
    photos(folder.resolve("photos"), 3, 48);
    return Files.writeString(folder.resolve("vae.yaml"), COMMON + VAE);
  }

  /** A configuration for a student, photos beside it, and an autoencoder that was trained for a few steps. */
  public static Path student(Path folder) throws Exception {
    train(vae(folder), RunOptions.whole(), TrainingListener.NONE, Map.of("out", "vae-run", "steps", "3"));
    return Files.writeString(folder.resolve("student.yaml"), COMMON + STUDENT + TRANSFORMER);
  }

  /** A configuration for a teacher, photos beside it, and an autoencoder that was trained for a few steps. */
  public static Path teacher(Path folder) throws Exception {
    train(vae(folder), RunOptions.whole(), TrainingListener.NONE, Map.of("out", "vae-run", "steps", "3"));
    return Files.writeString(folder.resolve("teacher.yaml"), COMMON + TEACHER + TRANSFORMER);
  }

  /** A teacher that was trained for a few steps, in {@code teacher-run/model}. */
  public static void teacherModel(Path folder) throws Exception {
    train(teacher(folder), RunOptions.whole(), TrainingListener.NONE, Map.of("out", "teacher-run", "steps", "3"));
  }

  /** A configuration for a distillation, photos beside it, and a teacher. */
  public static Path distill(Path folder) throws Exception {
    teacherModel(folder);
    return distillOf(folder);
  }

  /** The same where photos and teacher are already. */
  static Path distillOf(Path folder) throws IOException {
    return Files.writeString(folder.resolve("distill.yaml"), COMMON + DISTILL);
  }

  /** A configuration for adapters on a teacher, photos beside it, and the teacher. */
  public static Path teacherLora(Path folder) throws Exception {
    teacherModel(folder);
    return Files.writeString(folder.resolve("teacher-lora.yaml"), COMMON + TEACHER_LORA);
  }

  /** Photos with smooth shapes and edges. */
  public static void photos(Path folder, int count, int side) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      Images.write(Pictures.image(picture(side, i)), folder.resolve("photo" + i + ".png"), ImageFormat.PNG);
    }
  }

  /** One of the photos. */
  public static BytePixels picture(int side, int number) {
    BytePixels out = BytePixels.blank(side, side, 3);
    double[] f = new SplittableRandom(number).doubles(9, 0.05, 0.4).toArray();
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int c = 0; c < 3; c++) {
          double v = 60 * Math.sin(f[c] * x + f[c + 3] * y) + 50 * Math.signum(Math.sin(f[c + 6] * (x - y)));
          out.samples()[(y * side + x) * 3 + c] = (byte) (int) (128 + v);
        }
      }
    }
    return out;
  }

  static long train(Path config, RunOptions options, TrainingListener listener, Map<String, String> changes)
      throws Exception {
    return train(config, options, listener, changes, 1);
  }

  static long train(
      Path config, RunOptions options, TrainingListener listener, Map<String, String> changes, int threads)
      throws Exception {
    try (Backend backend = new VectorBackend(threads, Long.MAX_VALUE)) {
      return train(backend, config, options, listener, changes);
    }
  }

  static long train(
      Backend backend, Path config, RunOptions options, TrainingListener listener, Map<String, String> changes)
      throws Exception {
    return new Trainer(backend, Config.yaml(config, changes), config.getParent()).run(options, listener);
  }

  /** All results of a run by their path: what has to be the same however it was interrupted. */
  public static Map<String, byte[]> results(Path run) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(run)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = run.relativize(file).toString();
        if (!ABOUT.contains(name)) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  /** Deletes a folder with all that is in it. */
  static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static Map<String, String> with(String... keysAndValues) {
    Map<String, String> changes = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      changes.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return changes;
  }
}
