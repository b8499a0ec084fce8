package io.github.tsdsr.train.vae;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.sd3.LatentDistribution;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.network.TrainedWeights;
import io.github.tsdsr.train.step.Objective;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Trains a whole autoencoder on clean pictures: mean |decode(z) - x| + weight * KL, z = mean + exp(logvar / 2) noise, KL =
 * mean over elements of 0.5 (mean^2 + exp(logvar) - 1 - logvar).
 */
public final class VaeObjective implements Objective {
  private final Backend backend;
  private final Vae vae;
  private final Set<Tensor> wanted = new HashSet<>();
  private final BatchLoader<PhotoCrops.Batch> loader;
  private final double klWeight;
  private final long seed;

  /**
   * @param first the first step's number
   * @param loaders threads that prepare batches
   */
  public VaeObjective(
      Backend backend, VaeConfig config, TrainedWeights weights, PhotoCrops data, double klWeight, long seed,
      long first, int loaders) {
    this.backend = backend;
    this.vae = new Vae(config, weights.weights("the autoencoder in training"));
    weights.parameters(_ -> true).forEach(p -> wanted.add(p.value()));
    this.klWeight = klWeight;
    this.seed = seed;
    loader = new BatchLoader<>(data::batch, first, loaders, 2 * loaders);
  }

  @Override
  public Result step(long index) throws InterruptedException {
    PhotoCrops.Batch batch = loader.next(index);
    try (Scope scope = Scope.on(backend);
        Tape tape = new Tape(scope, wanted)) {
      Var x = tape.leaf(Values.tensor(scope, DType.F32, batch.clean(), batch.count(), batch.size(), batch.size(), 3));
      Var moments = vae.moments(tape, x, Adapters.NONE);
      LatentDistribution latent = LatentDistribution.of(tape, moments);
      Tensor noise = scope.empty(DType.F32, latent.mean().shape());
      tape.run(new Random(Random.Distribution.NORMAL, seed, index, 0, noise));
      Var z = latent.sample(tape, tape.leaf(noise));
      Var l1 = Losses.l1(tape, vae.decode(tape, z, Adapters.NONE), x);
      Var kl = kl(tape, latent.mean(), latent.logVariance());
      Map<Var, Tensor> seeds = new LinkedHashMap<>();
      seeds.put(l1, scope.full(1, DType.F32, l1.shape()));
      seeds.put(kl, scope.full(klWeight, DType.F32, kl.shape()));
      Grads grads = tape.backward(seeds);
      Map<String, Double> losses = new LinkedHashMap<>();
      losses.put("l1", Values.scalar(backend, l1.value()));
      losses.put("kl", Values.scalar(backend, kl.value()));
      return new Result(losses, grads);
    }
  }

  private static Var kl(Tape tape, Var mean, Var logVariance) {
    Var square = Elementwise.apply(tape, Unary.Function.SQUARE, mean);
    Var variance = Elementwise.apply(tape, Unary.Function.EXP, logVariance);
    Var sum = Arithmetic.sub(tape, Arithmetic.add(tape, square, variance), logVariance);
    return Affine.apply(tape, Losses.mean(tape, sum), 0.5, -0.5);
  }

  @Override
  public void close() {
    loader.close();
  }
}
