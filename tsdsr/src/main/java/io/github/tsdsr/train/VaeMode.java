package io.github.tsdsr.train;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.model.DiffusersConfigs;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.start.IdentityVae;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Training of an autoencoder from an identity-like start. */
final class VaeMode implements Mode {
  private final Backend backend;
  private final VaeConfig vae;
  private final TrainedWeights weights;
  private final Trainer.Common common;
  private final double kl;

  VaeMode(Backend backend, Scope scope, Config config, Trainer.Common common) {
    this.backend = backend;
    this.common = common;
    this.vae = NetworkConfigs.vae(config.section("vae"));
    this.kl = config.number("kl", 1.6e-5);
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(vae, common.seed()), common.seed());
    IdentityVae.apply(start, vae);
    weights = TrainedWeights.of(scope, start);
  }

  @Override
  public List<Parameter> parameters() {
    return weights.parameters(_ -> true);
  }

  @Override
  public Objective objective(long first) {
    return new VaeObjective(backend, vae, weights, common.crops(), kl, common.seed(), first, common.loaders());
  }

  @Override
  public TrainingLoop.Listener listener(Consumer<String> progress) {
    return new TrainingLoop.Listener() {
      @Override
      public void stepped(long step, long steps, Map<String, Double> values) {
        progress.accept(Trainer.line(step, steps, values));
      }

      @Override
      public Map<String, Double> validate(Map<String, Tensor> averages) {
        return VaeMode.this.validate(averages);
      }

      @Override
      public void saved(Map<String, Tensor> averages) throws IOException {
        Path model = common.folder().resolve("model");
        DiffusersConfigs.write(model, vae);
        ModelExport.weights(model.resolve("vae"), backend, averages, DType.F32);
      }
    };
  }

  /** PSNR of clean pictures through encoder and decoder: what the student cannot exceed. */
  private Map<String, Double> validate(Map<String, Tensor> averages) {
    if (common.validation().isEmpty()) {
      return Map.of();
    }
    Vae network = new Vae(vae, Weights.of("averages", averages));
    double sum = 0;
    for (ValidationSet.Crop crop : common.validation()) {
      sum += Psnr.of(crop.clean(), reconstruct(network, crop.clean()), Luma.YCBCR);
    }
    return Map.of("psnr_y_reconstruction", sum / common.validation().size());
  }

  private BytePixels reconstruct(Vae network, BytePixels clean) {
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      float[] x = clean.toUnit().samples();
      for (int i = 0; i < x.length; i++) {
        x[i] = 2 * x[i] - 1;
      }
      Var picture = tape.leaf(Values.tensor(scope, DType.F32, x, 1, clean.height(), clean.width(), 3));
      Var mean = network.mean(tape, network.moments(tape, picture, Adapters.NONE));
      float[] y = Values.floats(backend, network.decode(tape, mean, Adapters.NONE).value());
      return new FloatPixels(clean.width(), clean.height(), 3, y).signedToBytes(ByteRounding.NEAREST);
    }
  }

  @Override
  public void close() {
    // The scope that was given owns everything.
  }
}
