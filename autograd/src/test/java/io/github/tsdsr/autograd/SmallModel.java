package io.github.tsdsr.autograd;

import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Attention;
import io.github.tsdsr.autograd.fn.LayerNorm;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.autograd.nn.GroupNorm;
import io.github.tsdsr.autograd.nn.Linear;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A convolution, a group norm, an attention and a linear layer on pictures of 8x4: one of each kind of work. */
final class SmallModel {
  static final int CHANNELS = 8;
  private static final long H = 8;
  private static final long W = 4;

  private final List<Parameter> parameters = new ArrayList<>();
  private final Random random = new Random(3);
  private final Scope scope;
  private final DType dtype;
  private final Conv2d conv;
  private final GroupNorm norm;
  private final Linear qkv;
  private final Linear out;

  SmallModel(Scope scope, DType dtype) {
    this.scope = scope;
    this.dtype = dtype;
    conv = new Conv2d("conv", parameter("conv.weight", CHANNELS, 3, 3, 3), parameter("conv.bias", CHANNELS),
        ConvGeometry.square(1, 1));
    norm = new GroupNorm(parameter("norm.weight", CHANNELS), parameter("norm.bias", CHANNELS), 2, 1e-6);
    qkv = new Linear("qkv", parameter("qkv.weight", 3 * CHANNELS, CHANNELS), parameter("qkv.bias", 3 * CHANNELS));
    out = new Linear("out", parameter("out.weight", 3, CHANNELS), parameter("out.bias", 3));
  }

  private Tensor parameter(String name, long... shape) {
    Tensor t = normal(shape);
    parameters.add(new Parameter(name, t));
    return t;
  }

  private Tensor normal(long... shape) {
    int n = 1;
    for (long s : shape) {
      n *= (int) s;
    }
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = 0.3 * random.nextGaussian();
    }
    return Values.tensor(scope, dtype, v, shape);
  }

  List<Parameter> parameters() {
    return parameters;
  }

  /** A picture (1,8,4,3). */
  Tensor picture() {
    return normal(1, H, W, 3);
  }

  /** (N,H,W,3) to (N,H,W,3), its two halves as blocks that may be computed again. */
  Var apply(Tape tape, Var x, boolean checkpoint) {
    Var features = part(tape, checkpoint, SmallModel.this::features, x);
    return part(tape, checkpoint, SmallModel.this::head, features);
  }

  private static Var part(Tape tape, boolean checkpoint, Tape.Block block, Var x) {
    return (checkpoint ? tape.checkpoint(block, x) : tape.scopedAll(() -> block.run(tape, List.of(x)))).getFirst();
  }

  private List<Var> features(Tape tape, List<Var> in) {
    return List.of(norm.apply(tape, conv.apply(tape, in.getFirst(), Adapters.NONE), true));
  }

  private List<Var> head(Tape tape, List<Var> in) {
    Var x = in.getFirst();
    Var tokens = View.reshape(tape, x, x.size(0), H * W, CHANNELS);
    Var all = qkv.apply(tape, LayerNorm.apply(tape, tokens, null, null, 0, 1e-6), Adapters.NONE);
    Var split = View.reshape(tape, all, x.size(0), H * W, 6, CHANNELS / 2);
    Var a = Attention.apply(
        tape, View.chunk(tape, split, 2, 0, 3), View.chunk(tape, split, 2, 1, 3), View.chunk(tape, split, 2, 2, 3),
        null, false, 0.5);
    Var sum = Arithmetic.add(tape, tokens, View.reshape(tape, a, x.size(0), H * W, CHANNELS));
    return List.of(View.reshape(tape, out.apply(tape, sum, Adapters.NONE), x.size(0), H, W, 3));
  }

  /** The mean squared difference from a picture. */
  Var loss(Tape tape, Tensor x, Tensor target, boolean checkpoint) {
    return Losses.mse(tape, apply(tape, tape.leaf(x), checkpoint), tape.leaf(target));
  }
}
