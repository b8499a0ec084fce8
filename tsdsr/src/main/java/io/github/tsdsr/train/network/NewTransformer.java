package io.github.tsdsr.train.network;

import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.start.LocalAttention;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A transformer that is trained from its start, with its learned prompts, on a frozen autoencoder. */
public final class NewTransformer {
  private final TransformerPlan plan;
  private final List<LearnedPrompt> prompts;
  private final TrainedWeights weights;
  private final Vae vae;

  /**
   * @param scope owns what is trained
   * @param open owns files and copies of weights
   * @param prompts that are learned with the transformer
   */
  public NewTransformer(Scope scope, OpenParts open, TransformerPlan plan, List<LearnedPrompt> prompts, long seed)
      throws IOException {
    this.plan = plan;
    this.prompts = prompts;
    MmDitConfig config = plan.transformer();
    NamedArrays start = NamedArrays.of(scope.backend(), InitialWeights.of(config, seed), seed);
    if (plan.localStart()) {
      LocalAttention.apply(start, config);
    }
    weights = TrainedWeights.of(scope, start);
    prompts.forEach(p -> p.addTo(weights, scope, seed, plan.promptTokens(), config));
    WeightFiles files = open.add(WeightFiles.open(plan.vae().folder()));
    vae = new Vae(plan.vae().config(), open.onBackend(scope.backend(), files));
  }

  /** The frozen autoencoder. */
  public Vae vae() {
    return vae;
  }

  /** All that is trained: the transformer's weights but for the position table, and the prompts. */
  public List<Parameter> parameters() {
    return weights.parameters(name -> !name.equals(MmDit.POSITION_TABLE));
  }

  /** The transformer as it is trained. */
  public MmDit network() {
    return new MmDit(plan.transformer(), weights.weights("the transformer in training"));
  }

  /** A prompt as it is trained. */
  public Prompt prompt(LearnedPrompt which) {
    return which.in(weights.tensors());
  }

  /** The transformer as averages make it. */
  public MmDit network(Map<String, Tensor> averages) {
    return new MmDit(plan.transformer(), Weights.of("averages", complete(averages)));
  }

  /**
   * Writes averages as a model folder.
   *
   * @param settings that suit the model
   */
  public void export(Path model, Backend backend, Map<String, Tensor> averages, UpscaleSettings settings)
      throws IOException {
    new TransformerExport(plan.vae(), plan.transformer(), settings, Optional.empty())
        .write(model, backend, complete(averages), prompts);
  }

  /** Averages with the position table. */
  private Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(MmDit.POSITION_TABLE, weights.tensors().get(MmDit.POSITION_TABLE));
    return all;
  }
}
