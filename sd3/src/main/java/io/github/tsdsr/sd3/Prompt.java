package io.github.tsdsr.sd3;

import io.github.tsdsr.tensor.Tensor;

/**
 * Embedded prompts.
 *
 * @param tokens (B,S,joint_attention_dim), of the activations' type
 * @param pooled (B,pooled_projection_dim)
 */
public record Prompt(Tensor tokens, Tensor pooled) {
  /**
   * One prompt for each of n samples, without a copy: these if there are n, else the only one repeated.
   *
   * @throws IllegalArgumentException if there is another number than n or 1
   */
  public Prompt forBatch(long n) {
    return tokens.size(0) == n ? this
        : new Prompt(tokens.broadcast(n, tokens.size(1), tokens.size(2)), pooled.broadcast(n, pooled.size(1)));
  }
}
