package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Activate;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.LayerNorm;
import io.github.tsdsr.autograd.fn.Patches;
import io.github.tsdsr.autograd.fn.TimeEmbedding;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * The multimodal diffusion transformer of Stable Diffusion 3 and 3.5 (arXiv 2403.03206, section 4): predicts the velocity v
 * = noise - data of a noised latent. Split in two: {@link #condition} depends on time and prompt alone, {@link #velocity}
 * on the latent.
 */
public final class MmDit {
  /** The name of the stored position table, the only weight that is not trained. */
  public static final String POSITION_TABLE = "pos_embed.pos_embed";

  private static final int TIME_CHANNELS = 256;
  private static final double EPS = 1e-6;

  /** linear_2(silu(linear_1(x))). */
  private record Embedder(Linear first, Linear second) {
    static Embedder load(Weights w, String name, long in, long d) {
      return new Embedder(Linear.load(w, name + ".linear_1", d, in, true),
          Linear.load(w, name + ".linear_2", d, d, true));
    }

    Var apply(Tape tape, Var x, Adapters adapters) {
      return second.apply(tape, Activate.apply(tape, Unary.Function.SILU, first.apply(tape, x, adapters)), adapters);
    }
  }

  private final MmDitConfig config;
  private final Conv2d patch;
  private final Tensor positions;
  private final Embedder time;
  private final Embedder pooledText;
  private final Linear contextEmbedder;
  private final List<JointBlock> blocks = new ArrayList<>();
  private final Linear normOut;
  private final Linear projOut;
  private final boolean recomputes;

  /**
   * @param weights under diffusers' names, such as {@code transformer_blocks.0.attn.to_q.weight}; they must outlive the model
   * @throws io.github.tsdsr.tensor.WeightsException if one is missing or has another shape than the configuration says
   */
  public MmDit(MmDitConfig config, Weights weights) {
    this.config = config;
    recomputes = false;
    int d = config.width();
    int p = config.patchSize();
    int max = config.posEmbedMaxSize();
    patch = Conv2d.load(
        weights, "pos_embed.proj", d, config.inChannels(), p, new ConvGeometry(p, p, 0, 0, 0, 0));
    positions = weights.get(POSITION_TABLE, 1, (long) max * max, d).reshape(max, max, d);
    time = Embedder.load(weights, "time_text_embed.timestep_embedder", TIME_CHANNELS, d);
    pooledText = Embedder.load(weights, "time_text_embed.text_embedder", config.pooledProjectionDim(), d);
    contextEmbedder = Linear.load(weights, "context_embedder", d, config.jointAttentionDim(), true);
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(new JointBlock(config, i, weights));
    }
    normOut = Linear.load(weights, "norm_out.linear", 2L * d, d, true);
    projOut = Linear.load(weights, "proj_out", (long) p * p * config.outChannels(), d, true);
  }

  private MmDit(MmDit of) {
    config = of.config;
    patch = of.patch;
    positions = of.positions;
    time = of.time;
    pooledText = of.pooledText;
    contextEmbedder = of.contextEmbedder;
    blocks.addAll(of.blocks);
    normOut = of.normOut;
    projOut = of.projOut;
    recomputes = true;
  }

  /**
   * The same network, which saves only what goes into a block and computes the block again in the backward pass: less
   * memory for about a third more work, and the same gradients.
   */
  public MmDit recomputing() {
    return new MmDit(this);
  }

  public MmDitConfig config() {
    return config;
  }

  /**
   * What the network derives from time and prompt.
   *
   * @param times the scheduler's time of each sample, 1000 sigma
   * @param prompt embedded prompts (B,S,joint_attention_dim); its type is that of all activations
   * @param pooled pooled prompts (B,pooled_projection_dim)
   */
  public Condition condition(Tape tape, double[] times, Var prompt, Var pooled, Adapters adapters) {
    long b = prompt.size(0);
    if (times.length != b || pooled.size(0) != b) {
      throw new IllegalArgumentException(
          "expected as many times and pooled prompts as prompts: " + times.length + ", " + pooled.size(0) + " and "
              + b);
    }
    Var conditioning = tape.scoped(() -> {
      Var t = time.apply(tape, tape.leaf(timeProjection(tape, prompt.dtype(), times)), adapters);
      Var temb = Arithmetic.add(tape, t, pooledText.apply(tape, pooled, adapters));
      Var rows = View.reshape(tape, temb, b, 1, config.width());
      return Activate.apply(tape, Unary.Function.SILU, rows);
    });
    List<Modulation> image = new ArrayList<>();
    List<Modulation> text = new ArrayList<>();
    for (JointBlock block : blocks) {
      image.add(block.modulateImage(tape, conditioning, adapters));
      text.add(block.modulateText(tape, conditioning, adapters));
    }
    return new Condition(
        contextEmbedder.apply(tape, prompt, adapters),
        image,
        text,
        new Modulation(normOut.apply(tape, conditioning, adapters), 2));
  }

  /**
   * The sinusoids of the times (B,256), in double and rounded once: in float their error would be ten times all others'.
   */
  private static Tensor timeProjection(Tape tape, DType dtype, double[] times) {
    double[] all = new double[times.length * TIME_CHANNELS];
    for (int i = 0; i < times.length; i++) {
      System.arraycopy(TimeEmbedding.of(times[i], TIME_CHANNELS), 0, all, i * TIME_CHANNELS, TIME_CHANNELS);
    }
    return Values.tensor(tape.scope(), dtype, all, times.length, TIME_CHANNELS);
  }

  /**
   * The predicted velocity.
   *
   * @param latent (B,h,w,inChannels), sides multiples of the patch size
   * @param condition for B samples or for one, which then serves all
   * @return (B,h,w,outChannels)
   * @throws IllegalArgumentException if the sides do not fit the patches or the position table
   */
  public Var velocity(Tape tape, Var latent, Condition condition, Adapters adapters) {
    int p = config.patchSize();
    long h = latent.size(1) / p;
    long w = latent.size(2) / p;
    if (h * p != latent.size(1) || w * p != latent.size(2) || h == 0 || w == 0) {
      throw new IllegalArgumentException(
          "a latent of " + latent.size(1) + "x" + latent.size(2) + " has sides that are no multiples of the patch size "
              + p);
    }
    long n = latent.size(0);
    Condition c = condition.forBatch(tape, n);
    Var x = tape.scoped(() -> {
      Var patches = patch.apply(tape, latent, adapters);
      Var placed = Arithmetic.add(tape, patches, tape.leaf(crop(tape, h, w, latent.dtype())));
      return View.reshape(tape, placed, n, h * w, config.width());
    });
    List<Var> streams = List.of(x, c.context);
    for (int i = 0; i < blocks.size(); i++) {
      streams = block(tape, i, streams, c, adapters);
    }
    return head(tape, streams.getFirst(), c, h, w, adapters);
  }

  private List<Var> block(Tape tape, int i, List<Var> in, Condition c, Adapters adapters) {
    JointBlock block = blocks.get(i);
    Modulation image = c.image.get(i);
    Modulation text = c.text.get(i);
    List<Var> out = recomputes
        ? tape.checkpoint(
            (t, v) -> block.apply(t, v.get(0), v.get(1), image.of(v.get(2)), text.of(v.get(3)), adapters),
            in.get(0), in.get(1), image.parts(), text.parts())
        : tape.scopedAll(() -> block.apply(tape, in.get(0), in.get(1), image, text, adapters));
    if (i > 0) {
      // The streams of the block before belong to the scope of the moment; a node that needs them holds its own share.
      in.forEach(v -> tape.scope().free(v.value()));
    }
    return out;
  }

  private Var head(Tape tape, Var x, Condition c, long h, long w, Adapters adapters) {
    return tape.scoped(() -> {
      Var normed = LayerNorm.apply(tape, x, c.out.part(tape, 0), c.out.part(tape, 1), 1, EPS);
      Var patches = projOut.apply(tape, normed, adapters);
      return Patches.unpatchify(tape, patches, h, w, config.patchSize(), config.outChannels());
    });
  }

  /**
   * The centre of the position table (h,w,d), starts rounded down.
   */
  private Tensor crop(Tape tape, long h, long w, DType dtype) {
    int max = config.posEmbedMaxSize();
    if (h > max || w > max) {
      throw new IllegalArgumentException(
          "a latent of " + h + "x" + w + " patches is larger than the position table of " + max + "x" + max);
    }
    long top = (max - h) / 2;
    long left = (max - w) / 2;
    Tensor window = positions.slice(0, top, top + h).slice(1, left, left + w);
    Scope scope = tape.scope();
    return scope.contiguous(window, dtype);
  }
}
