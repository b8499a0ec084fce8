package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Formula;

/**
 * Classifier-free guidance (arXiv 2207.12598): v = v_null + scale (v_text - v_null). No gradient flows through it.
 *
 * @param scale 1 follows the prompt as it is, and the empty prompt is not computed
 * @param batched both velocities from one pass over a batch of twice the size, the empty prompt first; else from two
 *     passes, which take half the memory and give the same within rounding
 */
public record Guidance(double scale, boolean batched) {
  /**
   * The velocities that guidance weighs.
   *
   * @param nothing with the empty prompt (B,h,w,C)
   * @param text with the prompt (B,h,w,C)
   */
  public record Both(Tensor nothing, Tensor text) {}

  /**
   * The guided velocity (B,h,w,C).
   *
   * @param scope owns it
   * @param latent (B,h,w,C)
   * @param times the scheduler's time of each sample, 1000 sigma
   * @param text for B samples or one
   * @param nothing the empty prompt, for B samples or one; for a scale of 1 null will do
   */
  public Tensor velocity(
      Scope scope, MmDit model, Adapters adapters, Tensor latent, double[] times, Prompt text, Prompt nothing) {
    if (scale == 1) {
      return predict(scope, model, adapters, latent, times, text);
    }
    try (Scope inner = scope.inner()) {
      Both both = both(inner, model, adapters, latent, times, text, nothing);
      Formula f = new Formula(inner.backend(), inner, latent.dtype().accumulator());
      Tensor towards = f.affine(f.sub(both.text, both.nothing), scale, 0);
      return inner.outward(f.add(both.nothing, towards));
    }
  }

  /** The two velocities, with the arguments of {@link #velocity}. */
  public Both both(
      Scope scope, MmDit model, Adapters adapters, Tensor latent, double[] times, Prompt text, Prompt nothing) {
    if (!batched) {
      return new Both(
          predict(scope, model, adapters, latent, times, nothing),
          predict(scope, model, adapters, latent, times, text));
    }
    long n = latent.size(0);
    double[] twice = new double[2 * times.length];
    System.arraycopy(times, 0, twice, 0, times.length);
    System.arraycopy(times, 0, twice, times.length, times.length);
    try (Scope inner = scope.inner()) {
      Prompt without = nothing.forBatch(n);
      Prompt with = text.forBatch(n);
      Prompt prompts = new Prompt(
          stacked(inner, without.tokens(), with.tokens()), stacked(inner, without.pooled(), with.pooled()));
      Tensor v = predict(inner, model, adapters, stacked(inner, latent, latent), twice, prompts);
      inner.outward(v);
      return new Both(v.chunk(0, 0, 2), v.chunk(0, 1, 2));
    }
  }

  private static Tensor predict(
      Scope scope, MmDit model, Adapters adapters, Tensor latent, double[] times, Prompt prompt) {
    try (Scope inner = scope.inner()) {
      Tape tape = Tape.inference(inner);
      Prompt each = prompt.forBatch(times.length);
      Condition condition =
          model.condition(tape, times, tape.leaf(each.tokens()), tape.leaf(each.pooled()), adapters);
      Var v = model.velocity(tape, tape.leaf(latent), condition, adapters);
      return inner.outward(v.value());
    }
  }

  /** One batch after the other. */
  private static Tensor stacked(Scope scope, Tensor first, Tensor second) {
    DType dtype = first.dtype();
    long[] shape = first.shape();
    shape[0] = first.size(0) + second.size(0);
    Tensor both = scope.empty(dtype, shape);
    scope.backend().run(new Copy(first, both.slice(0, 0, first.size(0))));
    scope.backend().run(new Copy(second, both.slice(0, first.size(0), shape[0])));
    return both;
  }
}
