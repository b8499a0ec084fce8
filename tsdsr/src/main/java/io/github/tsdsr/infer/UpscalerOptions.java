package io.github.tsdsr.infer;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.ModelChoice;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * What an upscaler is opened with. Begin with {@link #defaults} and change what matters.
 *
 * @param model a model's folder, or one that comes with the library
 * @param lora a folder with adapters ({@code transformer.safetensors}, {@code vae.safetensors} or both); none for those
 *     that the model says belong to it
 * @param embeddings a folder with an embedded prompt; none for the model's default
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param threads of the CPU, 1 to {@link VectorBackend#MOST_THREADS}
 * @param memory the most bytes that tensors may take; none for as much as a picture needs up to half of the machine's memory,
 *     beyond which it goes through the autoencoder in tiles
 * @param precision of activations
 * @param settings what becomes of the model's own settings
 * @param zeroVelocity whether the transformer's last layer counts as zero, so that encoder and decoder do all the work: tells
 *     what the transformer is worth
 */
public record UpscalerOptions(
    ModelChoice model, Optional<Path> lora, Optional<Path> embeddings, String device, int threads,
    OptionalLong memory, Precision precision, UnaryOperator<UpscaleSettings> settings,
    boolean zeroVelocity) {
  /**
   * The built-in model's fidelity where none is named: as sharp as leaves SSIM and PSNR above bicubic interpolation on
   * every validation photo.
   */
  public static final double DEFAULT_FIDELITY = 0.25;

  public UpscalerOptions {
    if (threads < 1 || threads > VectorBackend.MOST_THREADS) {
      throw new IllegalArgumentException("threads: expected 1 to " + VectorBackend.MOST_THREADS + ", got " + threads);
    }
    if (memory.isPresent() && memory.getAsLong() < 1) {
      throw new IllegalArgumentException("memory: expected at least 1 byte, got " + memory.getAsLong());
    }
  }

  /** The built-in model at its default fidelity, on the best device, a thread a core. */
  public static UpscalerOptions defaults() {
    return new UpscalerOptions(
        new ModelChoice.BuiltIn(DEFAULT_FIDELITY), Optional.empty(), Optional.empty(), "auto",
        Runtime.getRuntime().availableProcessors(),
        OptionalLong.empty(), Precision.AUTO, UnaryOperator.identity(), false);
  }

  /** Another model than the built-in one: a folder as diffusers lays it out. */
  public UpscalerOptions withModel(Path folder) {
    return withModel(new ModelChoice.Folder(folder));
  }

  /**
   * The built-in model between its two ends.
   *
   * @param fidelity 1 for what is closest to the photo, 0 for what is sharpest to look at
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public UpscalerOptions withFidelity(double fidelity) {
    return withModel(new ModelChoice.BuiltIn(fidelity));
  }

  private UpscalerOptions withModel(ModelChoice choice) {
    return new UpscalerOptions(
        choice, lora, embeddings, device, threads, memory, precision, settings, zeroVelocity);
  }

  /** Adapters from a folder instead of those that the model says belong to it. */
  public UpscalerOptions withLora(Path folder) {
    return new UpscalerOptions(
        model, Optional.of(folder), embeddings, device, threads, memory, precision, settings, zeroVelocity);
  }

  /** Another embedded prompt than the model's default. */
  public UpscalerOptions withEmbeddings(Path folder) {
    return new UpscalerOptions(model, lora, Optional.of(folder), device, threads, memory, precision, settings,
        zeroVelocity);
  }

  /**
   * Where it computes: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. A device that there is not is refused
   * when the upscaler is opened.
   */
  public UpscalerOptions withDevice(String name) {
    return new UpscalerOptions(model, lora, embeddings, name, threads, memory, precision, settings, zeroVelocity);
  }

  /**
   * How many threads of the CPU work.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public UpscalerOptions withThreads(int count) {
    return new UpscalerOptions(model, lora, embeddings, device, count, memory, precision, settings, zeroVelocity);
  }

  /**
   * The most bytes that tensors may take; larger pictures go through the autoencoder in tiles.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public UpscalerOptions withMemory(long bytes) {
    return new UpscalerOptions(
        model, lora, embeddings, device, threads, OptionalLong.of(bytes), precision, settings, zeroVelocity);
  }

  /** The number format of activations. */
  public UpscalerOptions withPrecision(Precision type) {
    return new UpscalerOptions(model, lora, embeddings, device, threads, memory, type, settings, zeroVelocity);
  }

  /** Changes the model's own settings, for example {@code s -> s.withScale(2)}. */
  public UpscalerOptions withSettings(UnaryOperator<UpscaleSettings> change) {
    return new UpscalerOptions(model, lora, embeddings, device, threads, memory, precision, change, zeroVelocity);
  }

  /** Whether the transformer's last layer counts as zero, to tell what the transformer is worth. */
  public UpscalerOptions withZeroVelocity(boolean zero) {
    return new UpscalerOptions(model, lora, embeddings, device, threads, memory, precision, settings, zero);
  }
}
