package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.ActivationGrad;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.GatedResidual;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.Softmax;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations on windows of random shapes and strides, against the reference: permuted, cut out of larger tensors, every
 * second element, flipped, broadcast. What lies around an output must stay as it is.
 */
@Tag("vectors")
class RandomViewsTest {
  private static final int ROUNDS = 250;
  private static final DType[] NARROW = {DType.F32, DType.F32, DType.F16, DType.BF16};

  /** Makes the same windows on every backend for the same seed. */
  private static final class Windows {
    private final Random random;
    private final Scope scope;
    private final List<Tensor> wholes = new ArrayList<>();

    Windows(long seed, Scope scope) {
      this.random = new Random(seed);
      this.scope = scope;
    }

    int size(int most) {
      return 1 + random.nextInt(most);
    }

    /** A window of the shape on a larger tensor of random numbers; all of that tensor counts as a result. */
    Tensor out(long... shape) {
      Tensor t = window(DType.F32, false, shape);
      wholes.add(Tensor.of(t.storage(), DType.F32, t.storage().bytes() / 4));
      return t;
    }

    Tensor in(long... shape) {
      return window(DType.F32, true, shape);
    }

    /** A weight in any type. */
    Tensor weight(long... shape) {
      return window(NARROW[random.nextInt(NARROW.length)], true, shape);
    }

    private Tensor window(DType dtype, boolean repeats, long... shape) {
      int rank = shape.length;
      long[] large = new long[rank];
      long[] from = new long[rank];
      long[] step = new long[rank];
      boolean[] flip = new boolean[rank];
      boolean plain = random.nextInt(3) == 0;
      for (int i = 0; i < rank; i++) {
        step[i] = plain || random.nextInt(4) > 0 ? 1 : 2;
        from[i] = plain ? 0 : random.nextInt(3);
        flip[i] = !plain && random.nextInt(6) == 0;
        boolean one = repeats && !plain && random.nextInt(8) == 0;
        large[i] = one ? -1 : from[i] + shape[i] * step[i] + (plain ? 0 : random.nextInt(2));
      }
      int[] axes = axes(rank, plain || random.nextInt(2) == 0);
      long[] stored = new long[rank];
      for (int i = 0; i < rank; i++) {
        stored[axes[i]] = Math.max(1, large[i]);
      }
      Tensor t = normal(dtype, stored).permute(axes);
      for (int i = 0; i < rank; i++) {
        if (large[i] > 0) {
          t = t.slice(i, from[i], from[i] + shape[i] * step[i]).every(i, step[i]);
          t = flip[i] ? t.flip(i) : t;
        }
      }
      return t.broadcast(shape);
    }

    private int[] axes(int rank, boolean inOrder) {
      int[] axes = new int[rank];
      for (int i = 0; i < rank; i++) {
        axes[i] = i;
      }
      for (int i = rank - 1; i > 0 && !inOrder; i--) {
        int j = random.nextInt(i + 1);
        int a = axes[i];
        axes[i] = axes[j];
        axes[j] = a;
      }
      return axes;
    }

    private Tensor normal(DType dtype, long... shape) {
      long n = 1;
      for (long s : shape) {
        n *= s;
      }
      double[] v = new double[(int) n];
      for (int i = 0; i < v.length; i++) {
        v[i] = random.nextGaussian();
      }
      return Values.tensor(scope, dtype, v, shape);
    }

    /** Dense statistics, a result too. */
    Tensor dense(long... shape) {
      Tensor t = normal(DType.F32, shape);
      wholes.add(t);
      return t;
    }

    private long[] shape(int most) {
      long[] s = new long[size(4)];
      for (int i = 0; i < s.length; i++) {
        s[i] = size(i == s.length - 1 ? 3 * most : most);
      }
      return s;
    }
  }

  /** Makes an operation. */
  private interface Maker {
    Op make(Windows w);
  }

  private static <T> T pick(Windows w, T[] from) {
    return from[w.random.nextInt(from.length)];
  }

  private static Maker maker(String kind) {
    return switch (kind) {
      case "Copy" -> w -> {
        long[] s = w.shape(9);
        return new Copy(w.weight(s), w.out(s));
      };
      case "Unary" -> w -> {
        long[] s = w.shape(9);
        Unary.Function f = pick(w, new Unary.Function[] {Unary.Function.SILU, Unary.Function.TANH, Unary.Function.ERF,
          Unary.Function.EXP, Unary.Function.SQUARE, Unary.Function.GELU_TANH});
        return new Unary(f, w.in(s), w.out(s));
      };
      case "ActivationGrad" -> w -> {
        long[] s = w.shape(9);
        return new ActivationGrad(Unary.Function.SILU, 0, w.in(s), w.in(s), w.out(s));
      };
      case "Binary" -> w -> {
        long[] s = w.shape(9);
        return new Binary(
            pick(w, new Binary.Function[] {Binary.Function.ADD, Binary.Function.MUL, Binary.Function.MAX}), w.in(s),
            w.in(s), w.out(s));
      };
      case "Reduce" -> w -> {
        long[] s = w.shape(12);
        long[] to = s.clone();
        for (int i = 0; i < to.length; i++) {
          to[i] = w.random.nextBoolean() ? 1 : to[i];
        }
        Reduce.Function f = pick(w, Reduce.Function.values());
        boolean sum = f == Reduce.Function.SUM || f == Reduce.Function.SUM_OF_SQUARES;
        return new Reduce(f, w.in(s), w.out(to), sum && w.random.nextBoolean());
      };
      case "MatMul" -> w -> {
        long[] s = {w.size(3), w.size(40), w.size(40), w.size(40)};
        return new MatMul(w.in(s[0], s[1], s[3]), w.weight(s[0], s[3], s[2]), w.out(s[0], s[1], s[2]), 0.5,
            w.random.nextInt(2));
      };
      case "Linear" -> w -> {
        long[] s = {w.size(3), w.size(20), w.size(40), w.size(40)};
        return new Linear(w.in(s[0], s[1], s[2]), w.weight(s[3], s[2]), w.weight(s[3]), w.out(s[0], s[1], s[3]));
      };
      case "Conv2d", "Conv2dInputGrad", "Conv2dWeightGrad" -> w -> convolution(kind, w);
      case "Attention" -> w -> {
        long[] s = {w.size(2), w.size(40), w.size(40), w.size(3), w.size(20), w.size(20)};
        return new Attention(w.in(s[0], s[1], s[3], s[4]), w.in(s[0], s[2], s[3], s[4]), w.in(s[0], s[2], s[3], s[5]),
            w.random.nextBoolean() ? null : w.in(s[0], s[3], s[1], s[2]), false, 0.3, w.out(s[0], s[1], s[3], s[5]),
            w.dense(s[0], s[3], s[1]));
      };
      case "LayerNorm" -> w -> {
        long[] s = {w.size(3), w.size(20), 2 + w.size(60)};
        boolean each = w.random.nextBoolean();
        Tensor scale = each ? w.in(s[0], 1, s[2]) : w.in(s[2]);
        Tensor shift = each ? w.in(s[0], 1, s[2]) : w.in(s[2]);
        return new LayerNorm(w.in(s), scale, shift, 1, 0.1, w.out(s), w.dense(s[0], s[1], 2));
      };
      case "RmsNorm" -> w -> {
        long[] s = {w.size(3), w.size(20), w.size(4), 2 + w.size(40)};
        return new RmsNorm(w.in(s), w.in(s[3]), 0.1, w.out(s), w.dense(s[0], s[1], s[2], 1));
      };
      case "GroupNorm" -> w -> {
        int groups = w.size(4);
        long[] s = {w.size(2), 1 + w.size(8), 1 + w.size(8), (long) groups * w.size(9)};
        return new GroupNorm(w.in(s), w.in(s[3]), w.in(s[3]), groups, 0.1, w.random.nextBoolean(), w.out(s),
            w.dense(s[0], groups, 2));
      };
      case "Softmax" -> w -> {
        long[] s = w.shape(9);
        return new Softmax(w.in(s), w.out(s));
      };
      case "GatedResidual" -> w -> {
        long[] s = {w.size(3), w.size(20), w.size(40)};
        return new GatedResidual(w.in(s), w.in(s[0], 1, s[2]), w.in(s), w.out(s));
      };
      default -> throw new AssertionError(kind);
    };
  }

  private static Op convolution(String kind, Windows w) {
    ConvGeometry g = new ConvGeometry(
        w.size(2), w.size(2), w.random.nextInt(3), w.random.nextInt(3), w.random.nextInt(3), w.random.nextInt(3));
    long[] k = {w.size(3), w.size(3)};
    long[] x = {w.size(2), k[0] + w.size(9), k[1] + w.size(9), w.size(20)};
    long out = w.size(20);
    long[] y = {x[0], g.outHeight(x[1], k[0]), g.outWidth(x[2], k[1]), out};
    boolean add = w.random.nextBoolean();
    return switch (kind) {
      case "Conv2d" -> new Conv2d(
          w.in(x), w.weight(out, k[0], k[1], x[3]), w.random.nextBoolean() ? null : w.weight(out), g, w.out(y));
      case "Conv2dInputGrad" -> new Conv2dInputGrad(w.in(y), w.weight(out, k[0], k[1], x[3]), g, w.out(x), add);
      default -> new Conv2dWeightGrad(w.in(x), w.in(y), g, w.out(out, k[0], k[1], x[3]), add);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"Copy", "Unary", "ActivationGrad", "Binary", "Reduce", "MatMul", "Linear", "Conv2d",
    "Conv2dInputGrad", "Conv2dWeightGrad", "Attention", "LayerNorm", "RmsNorm", "GroupNorm", "Softmax",
    "GatedResidual"})
  void windowsOfAnyStridesGiveTheReferencesNumbers(String kind) {
    try (Backend oracle = new ReferenceBackend(); Backend tested = new VectorBackend(2, 1L << 30)) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        List<double[]> want = results(oracle, kind, seed);
        List<double[]> got = results(tested, kind, seed);
        for (int o = 0; o < want.size(); o++) {
          compare(kind + " " + seed + ", output " + o, want.get(o), got.get(o));
        }
        assertEquals(0, tested.memory().inUse());
      }
    }
  }

  private static List<double[]> results(Backend backend, String kind, int seed) {
    try (Scope scope = Scope.on(backend)) {
      Windows w = new Windows(seed, scope);
      backend.run(maker(kind).make(w));
      return w.wholes.stream().map(t -> Values.doubles(backend, t)).toList();
    }
  }

  private static void compare(String what, double[] want, double[] got) {
    double largest = 1;
    for (double v : want) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < want.length; i++) {
      double off = Math.abs(want[i] - got[i]);
      int at = i;
      assertTrue(off <= 1e-5 * largest, () -> what + ": element " + at + " is " + got[at] + ", expected " + want[at]);
    }
  }
}
