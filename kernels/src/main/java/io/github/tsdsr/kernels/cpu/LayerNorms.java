package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.RowVectors.load;
import static io.github.tsdsr.kernels.cpu.RowVectors.store;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Layer norm with modulation and RMS norm over dense rows, forward and backward, each in one pass over a row in cache. */
final class LayerNorms {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int L = S.length();
  /** Rows of one task; parameters' gradients are summed in runs of this many rows, whatever the number of threads. */
  private static final int RUN = 64;

  private LayerNorms() {}

  private static boolean dense(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null && (t.dtype() != DType.F32 || t.layout().stride(t.rank() - 1) != 1)) {
        return false;
      }
    }
    return true;
  }

  static boolean takes(LayerNorm op) {
    return dense(op.x(), op.scale(), op.shift(), op.y()) && op.statistics().dtype() == DType.F32;
  }

  static boolean takes(LayerNormGrad op) {
    return dense(op.x(), op.scale(), op.dy(), op.dx(), op.dscale(), op.dshift())
        && op.statistics().dtype() == DType.F32;
  }

  static boolean takes(RmsNorm op) {
    return dense(op.x(), op.weight(), op.y()) && op.statistics().dtype() == DType.F32 && op.x().rank() <= 4;
  }

  static boolean takes(RmsNormGrad op) {
    return dense(op.x(), op.weight(), op.dy(), op.dx(), op.dweight()) && op.statistics().dtype() == DType.F32
        && op.x().rank() <= 4;
  }

  /** Where the rows of a tensor with up to three leading axes begin. */
  private record Rows(Tensor tensor, long base, long bytes, boolean dense) {
    static Rows of(Tensor t) {
      return t == null ? null : new Rows(t, OffHeap.address(t), 4 * t.size(-1), t.isContiguous());
    }

    /** Bytes between neighbouring rows of the innermost axis. */
    long step() {
      return dense || tensor.rank() < 2 ? bytes : 4 * tensor.layout().stride(tensor.rank() - 2);
    }

    /** How many rows at least lie evenly, counted from every multiple of that number. */
    long even() {
      return dense ? tensor.count() / tensor.size(-1) : tensor.size(-2);
    }

    long at(long r) {
      return dense ? base + r * bytes : strided(r);
    }

    private long strided(long r) {
      long rest = r;
      long offset = 0;
      for (int axis = tensor.rank() - 2; axis >= 0; axis--) {
        offset += rest % tensor.size(axis) * tensor.layout().stride(axis);
        rest /= tensor.size(axis);
      }
      return base + 4 * offset;
    }
  }

  /** Where the scale or shift of sample b begins. */
  private static long modulation(Tensor t, long b) {
    return t == null ? 0 : OffHeap.address(t) + (t.rank() == 1 ? 0 : 4 * b * t.layout().stride(0));
  }

  static void run(LayerNorm op, WorkerPool pool, RowNormLoops loops) {
    Tensor x = op.x();
    Rows xs = Rows.of(x);
    Rows statisticRows = Rows.of(op.statistics());
    Rows ys = Rows.of(op.y());
    int n = (int) x.size(2);
    int tokens = (int) x.size(1);
    long rows = x.size(0) * tokens;
    long stepStatistics = 4 * op.statistics().layout().stride(2);
    pool.run(Math.toIntExact(Math.ceilDiv(rows, RUN)), (task, _) -> {
      long end = Math.min(rows, (task + 1L) * RUN);
      int count;
      for (long r = (long) task * RUN; r < end; r += count) {
        // All of one sample's rows lie evenly, whatever slices they are of.
        count = (int) Math.min(end - r, tokens - r % tokens);
        long b = r / tokens;
        loops.layerNorm(
            count, n, xs.at(r), xs.step(), modulation(op.scale(), b), modulation(op.shift(), b), (float) op.plus(),
            op.eps(), ys.at(r), ys.step(), statisticRows.at(r), statisticRows.step(), stepStatistics);
      }
    });
  }

  static void run(LayerNormGrad op, WorkerPool pool, HostMemory memory) {
    Tensor x = op.x();
    Rows statisticRows = Rows.of(op.statistics());
    Rows xs = Rows.of(x);
    Rows dys = Rows.of(op.dy());
    Rows dxs = Rows.of(op.dx());
    int n = (int) x.size(2);
    int tokens = (int) x.size(1);
    int samples = (int) x.size(0);
    boolean sums = op.dscale() != null || op.dshift() != null;
    int runs = Math.ceilDiv(tokens, RUN);
    float plus = (float) op.plus();
    try (Scratch s = new Scratch(memory, pool.threads(), sums ? 8L * n * samples * runs : 0, 0)) {
      pool.run(samples * runs, (task, _) -> {
        long b = task / runs;
        long dscale = s.shared() + 8L * n * task;
        long dshift = dscale + 4L * n;
        if (sums) {
          OffHeap.zero(dscale, 8L * n);
        }
        for (long t = task % runs * (long) RUN; t < Math.min(tokens, (task % runs + 1L) * RUN); t++) {
          long r = b * tokens + t;
          long statistics = statisticRows.at(r);
          float mean = get(statistics);
          float rstd = get(statistics + 4 * op.statistics().layout().stride(2));
          if (sums) {
            addGradients(xs.at(r), dys.at(r), n, mean, rstd, dscale, dshift);
          }
          if (op.dx() != null) {
            inputGradient(xs.at(r), dys.at(r), n, mean, rstd, modulation(op.scale(), b), plus, true,
                dxs.at(r));
          }
        }
      });
      if (sums) {
        boolean perSample = op.scale().rank() == 3;
        int groups = perSample ? samples : 1;
        for (int g = 0; g < groups; g++) {
          int count = perSample ? runs : samples * runs;
          total(s.shared() + 8L * n * g * count, 8L * n, count, n, modulation(op.dscale(), g));
          total(s.shared() + 8L * n * g * count + 4L * n, 8L * n, count, n, modulation(op.dshift(), g));
        }
      }
    }
  }

  /** dscale += dy h, dshift += dy. */
  private static void addGradients(long x, long dy, int n, float mean, float rstd, long dscale, long dshift) {
    for (int i = 0; i < n; i += L) {
      FloatVector h = load(x, i, n).sub(mean).mul(rstd);
      FloatVector g = load(dy, i, n);
      store(g.fma(h, load(dscale, i, n)), dscale, i, n);
      store(load(dshift, i, n).add(g), dshift, i, n);
    }
  }

  /** dx = rstd (dh - mean(dh) - h mean(dh h)), dh = dy (plus + scale); without the mean of dh for RMS norm. */
  private static void inputGradient(
      long x, long dy, int n, float mean, float rstd, long scale, float plus, boolean centred, long dx) {
    FloatVector sum = FloatVector.zero(S);
    FloatVector product = FloatVector.zero(S);
    for (int i = 0; i < n; i += L) {
      FloatVector dh = gradient(dy, scale, plus, i, n);
      FloatVector h = load(x, i, n).sub(mean).mul(rstd);
      sum = sum.add(dh);
      product = dh.fma(h, product);
    }
    float meanGradient = centred ? VectorMath.sum(sum) / n : 0;
    float meanProduct = VectorMath.sum(product) / n;
    for (int i = 0; i < n; i += L) {
      FloatVector dh = gradient(dy, scale, plus, i, n);
      FloatVector h = load(x, i, n).sub(mean).mul(rstd);
      store(dh.sub(meanGradient).sub(h.mul(meanProduct)).mul(rstd), dx, i, n);
    }
  }

  /** Lanes beyond the row are zero, since dy's are. */
  private static FloatVector gradient(long dy, long scale, float plus, int i, int n) {
    FloatVector g = load(dy, i, n);
    return scale == 0 ? g : g.mul(load(scale, i, n).add(plus));
  }

  private static void total(long from, long step, int count, int n, long to) {
    if (to == 0) {
      return;
    }
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int k = 0; k < count; k++) {
        sum += get(from + k * step + 4L * i);
      }
      set(to + 4L * i, (float) sum);
    }
  }

  static void run(RmsNorm op, WorkerPool pool, RowNormLoops loops) {
    Tensor x = op.x();
    Rows xs = Rows.of(x);
    Rows statisticRows = Rows.of(op.statistics());
    Rows ys = Rows.of(op.y());
    int n = (int) x.size(-1);
    long rows = x.count() / n;
    int even = (int) Math.min(xs.even(), Math.min(ys.even(), statisticRows.even()));
    long weight = op.weight() == null ? 0 : OffHeap.address(op.weight());
    pool.run(Math.toIntExact(Math.ceilDiv(rows, RUN)), (task, _) -> {
      long end = Math.min(rows, (task + 1L) * RUN);
      int count;
      for (long r = (long) task * RUN; r < end; r += count) {
        count = (int) Math.min(end - r, even - r % even);
        loops.rmsNorm(
            count, n, xs.at(r), xs.step(), weight, op.eps(), ys.at(r), ys.step(), statisticRows.at(r),
            statisticRows.step());
      }
    });
  }

  static void run(RmsNormGrad op, WorkerPool pool, HostMemory memory) {
    Tensor x = op.x();
    Rows statisticRows = Rows.of(op.statistics());
    Rows xs = Rows.of(x);
    Rows dys = Rows.of(op.dy());
    Rows dxs = Rows.of(op.dx());
    int n = (int) x.size(-1);
    long rows = x.count() / n;
    int runs = Math.toIntExact(Math.ceilDiv(rows, RUN));
    boolean sums = op.dweight() != null;
    long weight = op.weight() == null ? 0 : OffHeap.address(op.weight());
    try (Scratch s = new Scratch(memory, pool.threads(), sums ? 4L * n * runs : 0, 0)) {
      pool.run(runs, (task, _) -> {
        long sum = s.shared() + 4L * n * task;
        if (sums) {
          OffHeap.zero(sum, 4L * n);
        }
        for (long r = (long) task * RUN; r < Math.min(rows, (task + 1L) * RUN); r++) {
          float rstd = get(statisticRows.at(r));
          long from = xs.at(r);
          long dy = dys.at(r);
          for (int i = 0; sums && i < n; i += L) {
            store(load(dy, i, n).fma(load(from, i, n).mul(rstd), load(sum, i, n)), sum, i, n);
          }
          if (op.dx() != null) {
            inputGradient(from, dy, n, 0, rstd, weight, 0, false, dxs.at(r));
          }
        }
      });
      if (sums) {
        total(s.shared(), 4L * n, runs, n, OffHeap.address(op.dweight()));
      }
    }
  }
}
