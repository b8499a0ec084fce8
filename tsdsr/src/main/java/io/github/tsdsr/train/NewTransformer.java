package io.github.tsdsr.train;

import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.start.LocalAttention;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A transformer that is trained from its start, with its learned prompts, on a frozen autoencoder. */
public final class NewTransformer implements AutoCloseable {
  private final MmDitConfig config;
  private final OpenParts open = new OpenParts();
  private final TrainedWeights weights;
  private final Vae vae;

  /**
   * @param scope owns what is trained
   * @param local whether heads begin by looking at neighbouring patches
   * @param prompts of so many tokens each, learned with the transformer
   */
  public NewTransformer(
      Scope scope, FrozenVae frozen, MmDitConfig config, boolean local, List<LearnedPrompt> prompts, int tokens,
      long seed) throws IOException {
    this.config = config;
    NamedArrays start = NamedArrays.of(scope.backend(), InitialWeights.of(config, seed), seed);
    if (local) {
      LocalAttention.apply(start, config);
    }
    weights = TrainedWeights.of(scope, start);
    prompts.forEach(p -> p.addTo(weights, scope, seed, tokens, config));
    WeightFiles files = open.add(WeightFiles.open(frozen.folder()));
    try {
      vae = new Vae(frozen.config(), open.onBackend(scope.backend(), files));
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
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
    return new MmDit(config, weights.weights("the transformer in training"));
  }

  /** A prompt as it is trained. */
  public Prompt prompt(LearnedPrompt which) {
    return which.in(weights.tensors());
  }

  /** The transformer as averages make it. */
  public MmDit network(Map<String, Tensor> averages) {
    return new MmDit(config, Weights.of("averages", complete(averages)));
  }

  /** Averages with the position table. */
  public Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(MmDit.POSITION_TABLE, weights.tensors().get(MmDit.POSITION_TABLE));
    return all;
  }

  @Override
  public void close() {
    open.close();
  }
}
