package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ScalarFunctions;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Unary;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise functions of F32 tensors. Each function has a loop of its own: passed as lambdas to one loop, vectors would be
 * boxed as soon as two functions had been used.
 */
final class Elementwise {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();

  private Elementwise() {}

  private static boolean isFloat(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t.dtype() != DType.F32) {
        return false;
      }
    }
    return true;
  }

  static boolean takes(Unary op) {
    return isFloat(op.x(), op.y());
  }

  static boolean takes(Binary op) {
    return isFloat(op.a(), op.b(), op.y());
  }

  private static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE);
  }

  private static FloatVector load(long at, VectorMask<Float> m) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE, m);
  }

  static void run(Unary op, WorkerPool pool) {
    Strided loop = Strided.of(op.x(), op.y());
    float p = (float) op.p();
    float q = (float) op.q();
    boolean dense = loop.step(0) == 4 && loop.step(1) == 4;
    if (!dense) {
      long sx = loop.step(0);
      long sy = loop.step(1);
      loop.run(pool, (at, n) -> scalar(op, at[0], sx, at[1], sy, n));
      return;
    }
    switch (op.f()) {
      case AFFINE -> loop.run(pool, (at, n) -> affine(at[0], at[1], n, p, q));
      case CLAMP -> loop.run(pool, (at, n) -> clamp(at[0], at[1], n, p, q));
      case ABS -> loop.run(pool, (at, n) -> abs(at[0], at[1], n));
      case SQUARE -> loop.run(pool, (at, n) -> square(at[0], at[1], n));
      case SQRT -> loop.run(pool, (at, n) -> sqrt(at[0], at[1], n));
      case RECIPROCAL -> loop.run(pool, (at, n) -> reciprocal(at[0], at[1], n));
      case EXP -> loop.run(pool, (at, n) -> exp(at[0], at[1], n));
      case TANH -> loop.run(pool, (at, n) -> tanh(at[0], at[1], n));
      case SIGMOID -> loop.run(pool, (at, n) -> sigmoid(at[0], at[1], n));
      case SILU -> loop.run(pool, (at, n) -> silu(at[0], at[1], n));
      case GELU_TANH -> loop.run(pool, (at, n) -> geluTanh(at[0], at[1], n));
      case RELU -> loop.run(pool, (at, n) -> relu(at[0], at[1], n));
      default -> loop.run(pool, (at, n) -> scalar(op, at[0], 4, at[1], 4, n));
    }
  }

  private static void scalar(Unary op, long x, long stepX, long y, long stepY, int n) {
    for (int i = 0; i < n; i++) {
      set(y + i * stepY, (float) ScalarFunctions.apply(op.f(), op.p(), op.q(), get(x + i * stepX)));
    }
  }

  private static void affine(long from, long to, int n, float p, float q) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.fma(FloatVector.broadcast(S, p), FloatVector.broadcast(S, q)).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.fma(FloatVector.broadcast(S, p), FloatVector.broadcast(S, q)).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void clamp(long from, long to, int n, float p, float q) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.max(p).min(q).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.max(p).min(q).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void abs(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.abs().intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.abs().intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void square(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.mul(x).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.mul(x).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void sqrt(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.sqrt().intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.sqrt().intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void reciprocal(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      FloatVector.broadcast(S, 1f).div(x).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      FloatVector.broadcast(S, 1f).div(x).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void exp(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      VectorMath.exp(x).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      VectorMath.exp(x).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void tanh(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      VectorMath.tanh(x).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      VectorMath.tanh(x).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void sigmoid(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      VectorMath.sigmoid(x).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      VectorMath.sigmoid(x).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void silu(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.div(VectorMath.exp(x.neg()).add(1f)).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.div(VectorMath.exp(x.neg()).add(1f)).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void geluTanh(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.div(VectorMath.exp(VectorMath.geluArgument(x).mul(-2f)).add(1f)).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.div(VectorMath.exp(VectorMath.geluArgument(x).mul(-2f)).add(1f)).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void relu(long from, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(from + 4L * i);
      x.max(0f).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector x = load(from + 4L * i, m);
      x.max(0f).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  static void run(Binary op, WorkerPool pool) {
    Strided loop = Strided.of(op.a(), op.b(), op.y());
    long sa = loop.step(0);
    long sb = loop.step(1);
    long sy = loop.step(2);
    boolean vector = sy == 4 && (sa == 4 || sa == 0) && (sb == 4 || sb == 0)
        && op.f() != Binary.Function.EQUAL && op.f() != Binary.Function.LESS;
    if (!vector) {
      loop.run(pool, (at, n) -> {
        for (int i = 0; i < n; i++) {
          set(at[2] + i * sy, (float) ScalarFunctions.apply(op.f(), get(at[0] + i * sa), get(at[1] + i * sb)));
        }
      });
      return;
    }
    switch (op.f()) {
      case ADD -> loop.run(pool, (at, n) -> add(at[0], sa, at[1], sb, at[2], n));
      case SUB -> loop.run(pool, (at, n) -> sub(at[0], sa, at[1], sb, at[2], n));
      case MUL -> loop.run(pool, (at, n) -> mul(at[0], sa, at[1], sb, at[2], n));
      case DIV -> loop.run(pool, (at, n) -> div(at[0], sa, at[1], sb, at[2], n));
      case MAX -> loop.run(pool, (at, n) -> max(at[0], sa, at[1], sb, at[2], n));
      case MIN -> loop.run(pool, (at, n) -> min(at[0], sa, at[1], sb, at[2], n));
      default -> throw new IllegalStateException("no vector loop for " + op.f());
    }
  }

  private static void add(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.add(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.add(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }

  private static void sub(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.sub(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.sub(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }

  private static void mul(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.mul(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.mul(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }

  private static void div(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.div(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.div(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }

  private static void max(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.max(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.max(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }

  private static void min(long pa, long sa, long pb, long sb, long py, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i);
      a.min(b).intoMemorySegment(ALL, py + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector a = sa == 0 ? FloatVector.broadcast(S, get(pa)) : load(pa + 4L * i, m);
      FloatVector b = sb == 0 ? FloatVector.broadcast(S, get(pb)) : load(pb + 4L * i, m);
      a.min(b).intoMemorySegment(ALL, py + 4L * i, LE, m);
    }
  }
}
