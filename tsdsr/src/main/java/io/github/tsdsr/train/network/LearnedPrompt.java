package io.github.tsdsr.train.network;

import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Unary;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A short prompt that is learned with a transformer, among whose tensors it has names.
 *
 * @param tokens the name of the tokens (1,S,joint_attention_dim)
 * @param pooled the name of the pooled prompt (1,pooled_projection_dim)
 * @param folder where a model folder has it
 * @param stream where its start is drawn from, and the one after
 */
public record LearnedPrompt(String tokens, String pooled, String folder, long stream) {
  /** What a model is asked with. */
  public static final LearnedPrompt DEFAULT =
      new LearnedPrompt("prompt_embeds", "pooled_prompt_embeds", "embeddings/default", 1L << 40);
  /** What guidance leads away from. */
  public static final LearnedPrompt NULL =
      new LearnedPrompt("null_prompt_embeds", "null_pooled_prompt_embeds", "embeddings/null", (1L << 40) + 2);

  private static final double DEVIATION = 0.5;

  /** Adds a start of random numbers to the tensors in training. */
  public void addTo(TrainedWeights weights, Scope scope, long seed, int count, MmDitConfig config) {
    weights.add(tokens, normal(scope, seed, stream, 1, count, config.jointAttentionDim()));
    weights.add(pooled, normal(scope, seed, stream + 1, 1, config.pooledProjectionDim()));
  }

  private static Tensor normal(Scope scope, long seed, long stream, long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    scope.backend().run(new Random(Random.Distribution.NORMAL, seed, stream, 0, t));
    scope.backend().run(Unary.affine(t, DEVIATION, 0, t));
    return t;
  }

  /** The prompt among tensors. */
  public Prompt in(Map<String, Tensor> all) {
    return new Prompt(all.get(tokens), all.get(pooled));
  }

  /** Takes the prompt from tensors and gives it as a model folder has it. */
  Map<String, Tensor> takeFrom(Map<String, Tensor> all) {
    Map<String, Tensor> files = new LinkedHashMap<>();
    files.put(DEFAULT.tokens, all.remove(tokens).squeeze(0));
    files.put(DEFAULT.pooled, all.remove(pooled).squeeze(0));
    return files;
  }

  /** An embedded prompt from a model folder, as one sample in F32. */
  public static Prompt load(Scope scope, EmbeddingFiles files, MmDitConfig config) {
    Tensor tokens = files.prompt(config.jointAttentionDim());
    Tensor pooled = files.pooled(config.pooledProjectionDim());
    return new Prompt(
        scope.copy(tokens.unsqueeze(0), DType.F32), scope.copy(pooled.unsqueeze(0), DType.F32));
  }
}
