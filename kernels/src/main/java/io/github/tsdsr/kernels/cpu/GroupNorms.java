package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.RowVectors.load;
import static io.github.tsdsr.kernels.cpu.RowVectors.store;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormApply;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Group norm with SiLU over dense pictures, channels last: one pass for the means, one for the variances around them, one for
 * the result. Everything that is summed is summed per channel, a vector at a time, over runs of pixels whose length
 * depends on the shape alone.
 */
final class GroupNorms {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int L = S.length();
  private static final int RUN_ELEMENTS = 1 << 14;

  private GroupNorms() {}

  static boolean takes(GroupNorm op) {
    return dense(op.x(), op.y(), op.weight(), op.bias(), op.statistics());
  }

  static boolean takes(GroupNormApply op) {
    return dense(op.x(), op.y(), op.weight(), op.bias(), op.statistics());
  }

  static boolean takes(GroupNormGrad op) {
    return dense(op.x(), op.dy(), op.dx(), op.weight(), op.bias(), op.statistics(), op.dweight(), op.dbias());
  }

  private static boolean dense(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null && (t.dtype() != DType.F32 || !t.isContiguous())) {
        return false;
      }
    }
    return true;
  }

  /** Sizes: pictures of {@code pixels} pixels, cut into runs. */
  private record Plan(int pictures, int pixels, int channels, int groups, int run, int runs) {
    static Plan of(Tensor x, int groups) {
      int channels = (int) x.size(3);
      int pixels = Math.toIntExact(x.size(1) * x.size(2));
      int run = Math.max(1, RUN_ELEMENTS / channels);
      return new Plan((int) x.size(0), pixels, channels, groups, run, Math.ceilDiv(pixels, run));
    }

    int tasks() {
      return pictures * runs;
    }

    /** Bytes of a sum per run and channel. */
    long sumBytes() {
      return Scratch.aligned(4L * tasks() * channels);
    }

    /** Bytes of a number per picture and channel. */
    long vectorBytes() {
      return Scratch.aligned(4L * pictures * channels);
    }

    Scratch.Size forward() {
      return new Scratch.Size(sumBytes() + 2 * vectorBytes(), 0);
    }

    int picture(int task) {
      return task / runs;
    }

    int first(int task) {
      return task % runs * run;
    }

    int count(int task) {
      return Math.min(run, pixels - first(task));
    }

    /** Bytes before the first pixel of a task's run. */
    long offset(int task) {
      return 4L * ((long) picture(task) * pixels + first(task)) * channels;
    }

    /** Elements of one group of one picture. */
    double members() {
      return (double) pixels * (channels / groups);
    }

    /** Sums one of several numbers per channel over the runs of a picture and the channels of a group. */
    double groupSum(long sums, int perRun, int which, int picture, int group) {
      int width = channels / groups;
      double total = 0;
      for (int r = 0; r < runs; r++) {
        long at = sums + 4L * (((long) picture * runs + r) * perRun + which) * channels;
        for (int c = group * width; c < (group + 1) * width; c++) {
          total += get(at + 4L * c);
        }
      }
      return total;
    }
  }

  static Scratch.Size scratch(GroupNorm op) {
    return Plan.of(op.x(), op.groups()).forward();
  }

  static void run(GroupNorm op, WorkerPool pool, HostMemory memory, GroupNormLoops loops) {
    Plan p = Plan.of(op.x(), op.groups());
    int c = p.channels;
    long x = OffHeap.address(op.x());
    long statistics = OffHeap.address(op.statistics());
    long sumBytes = p.sumBytes();
    long vectorBytes = p.vectorBytes();
    try (Scratch s = new Scratch(memory, pool.threads(), p.forward())) {
      long sums = s.shared();
      long first = sums + sumBytes;
      long second = first + vectorBytes;
      pool.run(p.tasks(), (t, _) -> loops.channelSums(x + p.offset(t), p.count(t), c, sums + 4L * t * c));
      for (int n = 0; n < p.pictures; n++) {
        for (int g = 0; g < p.groups; g++) {
          float mean = (float) (p.groupSum(sums, 1, 0, n, g) / p.members());
          set(statistics + 8L * (n * p.groups + g), mean);
          fill(first + 4L * n * c, g, c / p.groups, mean);
        }
      }
      pool.run(p.tasks(),
          (t, _) -> loops.squareSums(x + p.offset(t), p.count(t), c, first + 4L * p.picture(t) * c, sums + 4L * t * c));
      for (int n = 0; n < p.pictures; n++) {
        for (int g = 0; g < p.groups; g++) {
          double variance = p.groupSum(sums, 1, 0, n, g) / p.members();
          set(statistics + 8L * (n * p.groups + g) + 4, (float) (1 / Math.sqrt(variance + op.eps())));
        }
      }
      apply(p, op.x(), op.weight(), op.bias(), statistics, op.silu(), op.y(), first, second, pool, loops);
    }
  }

  static void run(GroupNormApply op, WorkerPool pool, HostMemory memory, GroupNormLoops loops) {
    Plan p = Plan.of(op.x(), (int) op.statistics().size(1));
    long vectorBytes = p.vectorBytes();
    try (Scratch s = new Scratch(memory, pool.threads(), 2 * vectorBytes, 0)) {
      apply(
          p, op.x(), op.weight(), op.bias(), OffHeap.address(op.statistics()), op.silu(), op.y(), s.shared(),
          s.shared() + vectorBytes, pool, loops);
    }
  }

  /** y = x scale + shift per picture and channel, then SiLU. */
  private static void apply(
      Plan p, Tensor x, Tensor weight, Tensor bias, long statistics, boolean silu, Tensor y, long means, long scales,
      WorkerPool pool, GroupNormLoops loops) {
    int c = p.channels;
    long w = OffHeap.address(weight);
    for (int n = 0; n < p.pictures; n++) {
      for (int i = 0; i < c; i++) {
        long at = statistics + 8L * (n * p.groups + i / (c / p.groups));
        set(means + 4L * (n * c + i), get(at));
        set(scales + 4L * (n * c + i), get(at + 4) * get(w + 4L * i));
      }
    }
    long from = OffHeap.address(x);
    long to = OffHeap.address(y);
    long shift = OffHeap.address(bias);
    pool.run(p.tasks(), (t, _) -> {
      long vectors = 4L * p.picture(t) * c;
      loops.normalise(from + p.offset(t), p.count(t), c, means + vectors, scales + vectors, shift, silu,
          to + p.offset(t));
    });
  }

  private static void fill(long at, int group, int width, float value) {
    for (int i = group * width; i < (group + 1) * width; i++) {
      set(at + 4L * i, value);
    }
  }

  static void run(GroupNormGrad op, WorkerPool pool, HostMemory memory) {
    Plan p = Plan.of(op.x(), op.groups());
    int c = p.channels;
    long x = OffHeap.address(op.x());
    long dy = OffHeap.address(op.dy());
    long weight = OffHeap.address(op.weight());
    long bias = OffHeap.address(op.bias());
    long statistics = OffHeap.address(op.statistics());
    long sumBytes = Scratch.aligned(8L * p.tasks() * c);
    long vectorBytes = p.vectorBytes();
    try (Scratch s = new Scratch(memory, pool.threads(), sumBytes + 4 * vectorBytes, 0)) {
      long sums = s.shared();
      long means = sums + sumBytes;
      long rstds = means + vectorBytes;
      long meanGradients = rstds + vectorBytes;
      long meanProducts = meanGradients + vectorBytes;
      for (int n = 0; n < p.pictures; n++) {
        for (int i = 0; i < c; i++) {
          long at = statistics + 8L * (n * p.groups + i / (c / p.groups));
          set(means + 4L * (n * c + i), get(at));
          set(rstds + 4L * (n * c + i), get(at + 4));
        }
      }
      // Per channel: sum of du, and sum of du h.
      pool.run(p.tasks(), (t, _) -> {
        long v = 4L * p.picture(t) * c;
        gradientSums(
            x + p.offset(t), dy + p.offset(t), p.count(t), c, means + v, rstds + v, weight, bias, op.silu(),
            sums + 8L * t * c);
      });
      parameterGradients(p, sums, op);
      if (op.dx() == null) {
        return;
      }
      for (int n = 0; n < p.pictures; n++) {
        for (int g = 0; g < p.groups; g++) {
          groupMeans(p, sums, weight, n, g, meanGradients, meanProducts);
        }
      }
      long dx = OffHeap.address(op.dx());
      pool.run(p.tasks(), (t, _) -> {
        long v = 4L * p.picture(t) * c;
        inputGradient(
            x + p.offset(t), dy + p.offset(t), p.count(t), c, means + v, rstds + v, weight, bias, op.silu(),
            meanGradients + v,
            meanProducts + v, dx + p.offset(t));
      });
    }
  }

  private static void parameterGradients(Plan p, long sums, GroupNormGrad op) {
    for (int i = 0; i < p.channels; i++) {
      double du = 0;
      double duh = 0;
      for (int t = 0; t < p.tasks(); t++) {
        du += get(sums + 4L * (2L * t * p.channels + i));
        duh += get(sums + 4L * ((2L * t + 1) * p.channels + i));
      }
      if (op.dweight() != null) {
        set(OffHeap.address(op.dweight()) + 4L * i, (float) duh);
      }
      if (op.dbias() != null) {
        set(OffHeap.address(op.dbias()) + 4L * i, (float) du);
      }
    }
  }

  /** Means over a group of dh = du weight and of dh h, for each of its channels. */
  private static void groupMeans(Plan p, long sums, long weight, int n, int g, long meanGradients, long meanProducts) {
    int c = p.channels;
    int width = c / p.groups;
    double gradient = 0;
    double product = 0;
    for (int r = 0; r < p.runs; r++) {
      long at = sums + 8L * ((long) n * p.runs + r) * c;
      for (int i = g * width; i < (g + 1) * width; i++) {
        double w = get(weight + 4L * i);
        gradient += w * get(at + 4L * i);
        product += w * get(at + 4L * (c + i));
      }
    }
    fill(meanGradients + 4L * n * c, g, width, (float) (gradient / p.members()));
    fill(meanProducts + 4L * n * c, g, width, (float) (product / p.members()));
  }

  private static FloatVector upstream(FloatVector dy, FloatVector h, FloatVector weight, FloatVector bias,
      boolean silu) {
    if (!silu) {
      return dy;
    }
    FloatVector u = h.fma(weight, bias);
    return dy.mul(VectorMath.gatedSlope(u, u, FloatVector.broadcast(S, 1f)));
  }

  private static void gradientSums(
      long x, long dy, int pixels, int c, long means, long rstds, long weight, long bias, boolean silu, long sums) {
    for (int i = 0; i < c; i += L) {
      FloatVector mean = load(means, i, c);
      FloatVector rstd = load(rstds, i, c);
      FloatVector w = load(weight, i, c);
      FloatVector b = load(bias, i, c);
      FloatVector sum = FloatVector.zero(S);
      FloatVector product = FloatVector.zero(S);
      for (int p = 0; p < pixels; p++) {
        FloatVector h = load(x + 4L * p * c, i, c).sub(mean).mul(rstd);
        FloatVector du = upstream(load(dy + 4L * p * c, i, c), h, w, b, silu);
        sum = sum.add(du);
        product = du.fma(h, product);
      }
      store(sum, sums, i, c);
      store(product, sums + 4L * c, i, c);
    }
  }

  private static void inputGradient(
      long x, long dy, int pixels, int c, long means, long rstds, long weight, long bias, boolean silu,
      long meanGradients,
      long meanProducts, long dx) {
    for (int i = 0; i < c; i += L) {
      FloatVector mean = load(means, i, c);
      FloatVector rstd = load(rstds, i, c);
      FloatVector w = load(weight, i, c);
      FloatVector b = load(bias, i, c);
      FloatVector meanGradient = load(meanGradients, i, c);
      FloatVector meanProduct = load(meanProducts, i, c);
      for (int p = 0; p < pixels; p++) {
        FloatVector h = load(x + 4L * p * c, i, c).sub(mean).mul(rstd);
        FloatVector dh = upstream(load(dy + 4L * p * c, i, c), h, w, b, silu).mul(w);
        store(dh.sub(meanGradient).sub(h.mul(meanProduct)).mul(rstd), dx + 4L * p * c, i, c);
      }
    }
  }
}
