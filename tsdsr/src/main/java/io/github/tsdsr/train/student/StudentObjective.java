package io.github.tsdsr.train.student;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.step.BatchTensors;
import io.github.tsdsr.train.step.Objective;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains the transformer as a one-step student by reconstruction: zhat = z_L - v(z_L, t = 1000), loss = image * mean
 * |decode(zhat) - x_H| + latent * mean (zhat - z_H)^2 / variance(z_H). The autoencoder is frozen; a short prompt is
 * learned with the transformer.
 */
public final class StudentObjective implements Objective {
  /** The weights of the two losses. */
  public record LossWeights(double image, double latent) {}

  private final Backend backend;
  private final Vae vae;
  private final Student student;
  private final Set<Tensor> wanted = new HashSet<>();
  private final BatchLoader<PairSource.Batch> loader;
  private final LossWeights losses;
  private final double latentVariance;

  /**
   * @param student on a frozen autoencoder
   * @param trained its transformer's parameters and its prompt's
   * @param latentVariance of clean latents, the latent loss's unit
   * @param first the first step's number
   * @param loaders threads that prepare batches
   */
  public StudentObjective(
      Backend backend, Student student, List<Parameter> trained, PairSource data, LossWeights losses,
      double latentVariance, long first, int loaders) {
    this.backend = backend;
    this.vae = student.encoder();
    this.student = student;
    trained.forEach(p -> wanted.add(p.value()));
    this.losses = losses;
    this.latentVariance = latentVariance;
    loader = new BatchLoader<>(data::batch, first, loaders, 2 * loaders);
  }

  @Override
  public Result step(long index) throws InterruptedException {
    PairSource.Batch batch = loader.next(index);
    try (Scope scope = Scope.on(backend);
        Tape tape = new Tape(scope, wanted)) {
      Var degraded = picture(tape, batch, batch.degraded());
      Var clean = picture(tape, batch, batch.clean());
      Var zH = Student.latent(tape, vae, Adapters.NONE, clean);
      Var zhat = student.apply(tape, degraded, null).zhat();
      Var image = Losses.l1(tape, vae.decode(tape, vae.unscaled(tape, zhat), Adapters.NONE), clean);
      Var latent = Losses.mse(tape, zhat, zH);
      Map<Var, Tensor> seeds = new LinkedHashMap<>();
      seeds.put(image, scope.full(losses.image, DType.F32, image.shape()));
      seeds.put(latent, scope.full(losses.latent / latentVariance, DType.F32, latent.shape()));
      Grads grads = tape.backward(seeds);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("image", Values.scalar(backend, image.value()));
      values.put("latent", Values.scalar(backend, latent.value()) / latentVariance);
      return new Result(values, grads);
    }
  }

  private static Var picture(Tape tape, PairSource.Batch batch, float[] samples) {
    return tape.leaf(BatchTensors.pictures(tape.scope(), batch, samples));
  }

  /** The variance of the latents of some clean pictures, over all their elements. */
  public static double latentVariance(Backend backend, Vae vae, PairSource.Batch batch) {
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      double[] z = Values.doubles(backend,
          Student.latent(tape, vae, Adapters.NONE, picture(tape, batch, batch.clean())).value());
      double mean = 0;
      for (double v : z) {
        mean += v / z.length;
      }
      double variance = 0;
      for (double v : z) {
        variance += (v - mean) * (v - mean) / z.length;
      }
      return variance;
    }
  }

  @Override
  public void close() {
    loader.close();
  }
}
