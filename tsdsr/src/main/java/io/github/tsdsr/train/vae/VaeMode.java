package io.github.tsdsr.train.vae;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.model.DiffusersConfigs;
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
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.ModelExport;
import io.github.tsdsr.train.network.TrainedWeights;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.start.IdentityVae;
import io.github.tsdsr.train.start.NamedArrays;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.validation.ShownCrops;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Training of an autoencoder from an identity-like start. */
final class VaeMode implements Mode {
  private final Workspace workspace;
  private final Backend backend;
  private final VaeRecipe recipe;
  private final TrainedWeights weights;

  VaeMode(Workspace workspace, VaeRecipe recipe) {
    this.workspace = workspace;
    this.recipe = recipe;
    backend = workspace.backend();
    TrainingData data = workspace.data();
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(recipe.vae(), data.seed()), data.seed());
    IdentityVae.apply(start, recipe.vae());
    weights = TrainedWeights.of(workspace.scope(), start);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", weights.parameters(_ -> true), workspace.settings().optimisation()));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    TrainingData data = workspace.data();
    return new VaeObjective(
        backend, recipe.vae(), weights, data.crops(), recipe.kl(), data.seed(), first, data.loaders());
  }

  /** PSNR of clean pictures through encoder and decoder: what a student cannot exceed. */
  @Override
  public Validation validate(Map<String, Tensor> averages) {
    List<ValidationSet.Crop> crops = workspace.data().validation().crops();
    Vae network = new Vae(recipe.vae(), Weights.of("averages", averages));
    ShownCrops shown = new ShownCrops(crops.size());
    double sum = 0;
    for (int i = 0; i < crops.size(); i++) {
      BytePixels clean = crops.get(i).clean();
      BytePixels reconstruction = reconstruct(network, clean);
      double psnr = Psnr.of(reconstruction, clean, Luma.YCBCR);
      sum += psnr;
      shown.add(i, crops.get(i), List.of(
          new Validation.Panel("photo", "", clean),
          new Validation.Panel("through encoder and decoder", String.format(Locale.ROOT, "%.2f dB", psnr),
              reconstruction)));
    }
    return new Validation(Map.of("psnr_y_reconstruction", sum / crops.size()), shown.strips());
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    DiffusersConfigs.write(model, recipe.vae());
    ModelExport.weights(model.resolve("vae"), backend, averages, DType.F32);
  }

  @Override
  public String description() {
    VaeConfig c = recipe.vae();
    return "autoencoder, factor " + c.factor() + ", " + c.latentChannels() + " latent channels, levels of "
        + c.blockOutChannels() + " channels";
  }

  private BytePixels reconstruct(Vae network, BytePixels clean) {
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      Var picture =
          tape.leaf(Values.tensor(scope, DType.F32, clean.toSigned().samples(), 1, clean.height(), clean.width(), 3));
      Var mean = network.mean(tape, network.moments(tape, picture, Adapters.NONE));
      float[] y = Values.floats(backend, network.decode(tape, mean, Adapters.NONE).value());
      return new FloatPixels(clean.width(), clean.height(), 3, y).signedToBytes(ByteRounding.NEAREST);
    }
  }
}
