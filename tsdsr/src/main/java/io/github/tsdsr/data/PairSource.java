package io.github.tsdsr.data;

import java.util.Optional;

/** Numbered batches of degraded pictures with their clean ones. Safe for several threads. */
@FunctionalInterface
public interface PairSource {
  /**
   * Numbers that were computed before and stored, in row-major order.
   *
   * @param shape of all samples together, the first axis counts them
   */
  record Stored(long[] shape, float[] values) {}

  /**
   * What is stored of a batch's samples.
   *
   * @param latents of the clean pictures (N,C,h,w), scaled
   * @param tokens of the embedded prompts (N,S,joint_attention_dim); there if and only if pooled is
   * @param pooled of the embedded prompts (N,pooled_projection_dim)
   */
  record Caches(Optional<Stored> latents, Optional<Stored> tokens, Optional<Stored> pooled) {
    /** Nothing. */
    public static final Caches NONE = new Caches(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Pictures (N,H,W,C) with values in [-1, 1].
   *
   * @param index the batch's number
   * @param count N
   * @param size H and W; C is 3
   * @param degraded the network's input, of the clean pictures' size
   */
  record Batch(long index, int count, int size, float[] degraded, float[] clean, Caches caches) {}

  /** Batch number {@code index}, from 0. */
  Batch batch(long index);
}
