package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Copy;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Moves numbers between Java arrays and tensors, converting to and from the tensor's type. */
public final class Values {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Values() {}

  /** A new tensor that holds the values in row-major order, rounded to the type. */
  public static Tensor tensor(Scope scope, DType dtype, double[] values, long... shape) {
    if (dtype == DType.F64) {
      return uploaded(scope, DType.F64, MemorySegment.ofArray(values), F64.byteSize() * values.length, shape);
    }
    try (Scope inner = scope.inner()) {
      return inner.outward(inner.copy(tensor(inner, DType.F64, values, shape), dtype));
    }
  }

  /** A new tensor that holds the values in row-major order, rounded to the type. */
  public static Tensor tensor(Scope scope, DType dtype, float[] values, long... shape) {
    if (dtype == DType.F32) {
      return uploaded(scope, DType.F32, MemorySegment.ofArray(values), F32.byteSize() * values.length, shape);
    }
    try (Scope inner = scope.inner()) {
      return inner.outward(inner.copy(tensor(inner, DType.F32, values, shape), dtype));
    }
  }

  /** A new I64 tensor, such as the ids of a gather. */
  public static Tensor ids(Scope scope, long... values) {
    return uploaded(scope, DType.I64, MemorySegment.ofArray(values), I64.byteSize() * values.length, values.length);
  }

  private static Tensor uploaded(Scope scope, DType dtype, MemorySegment from, long bytes, long... shape) {
    Tensor t = scope.empty(dtype, shape);
    if (t.bytes() != bytes) {
      throw new IllegalArgumentException("got " + bytes / dtype.bytes() + " values for " + t);
    }
    scope.backend().upload(from, t);
    return t;
  }

  /** The elements in row-major order. */
  public static double[] doubles(Backend backend, Tensor t) {
    double[] out = new double[Math.toIntExact(t.count())];
    download(backend, t, DType.F64, MemorySegment.ofArray(out));
    return out;
  }

  /** The elements in row-major order, rounded to float. */
  public static float[] floats(Backend backend, Tensor t) {
    float[] out = new float[Math.toIntExact(t.count())];
    download(backend, t, DType.F32, MemorySegment.ofArray(out));
    return out;
  }

  /** The only element of a tensor. */
  public static double scalar(Backend backend, Tensor t) {
    if (t.count() != 1) {
      throw new IllegalArgumentException("expected one element, got " + t);
    }
    return doubles(backend, t)[0];
  }

  private static void download(Backend backend, Tensor t, DType dtype, MemorySegment to) {
    try (Scope scope = Scope.on(backend)) {
      Tensor from = t;
      if (t.dtype() != dtype) {
        from = scope.empty(dtype, t.shape());
        backend.run(new Copy(t, from));
      }
      backend.download(from, to);
    }
  }
}
