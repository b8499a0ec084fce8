package io.github.tsdsr.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;

/** Reads and writes whole host tensors of any type and strides as doubles in row-major order, with bounds checked. */
final class HostValues {
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);

  private HostValues() {}

  static MemorySegment segment(Tensor t) {
    if (t.storage() instanceof HostStorage host) {
      return host.segment();
    }
    throw new IllegalArgumentException(
        t + " does not lie in main memory but in a " + t.storage().getClass().getSimpleName());
  }

  /** Whether the elements lie one after the other and can be moved all at once. */
  static boolean isOneRun(Layout layout) {
    return layout.count() > 0 && layout.isContiguous();
  }

  /** All elements in row-major order. */
  static double[] read(Tensor t) {
    MemorySegment from = segment(t);
    double[] out = new double[Math.toIntExact(t.count())];
    DType dtype = t.dtype();
    boolean contiguous = isOneRun(t.layout());
    // What tests and comparisons mostly hold, without a look at the type of every element.
    if (dtype == DType.F64 && contiguous) {
      MemorySegment.copy(from, F64, Double.BYTES * t.layout().offset(), out, 0, out.length);
    } else if (dtype == DType.F32 && contiguous) {
      for (int i = 0; i < out.length; i++) {
        out[i] = from.get(F32, Float.BYTES * (t.layout().offset() + i));
      }
    } else {
      forEachRow(t.layout(), (at, index, n, stride) -> {
        for (int i = 0; i < n; i++) {
          out[at + i] = get(from, dtype, index + i * stride);
        }
      });
    }
    return out;
  }

  /** Stores all elements in row-major order, rounded once. */
  static void write(double[] values, Tensor t) {
    MemorySegment to = segment(t);
    DType dtype = t.dtype();
    if (dtype == DType.F64 && isOneRun(t.layout())) {
      MemorySegment.copy(values, 0, to, F64, Double.BYTES * t.layout().offset(), Math.toIntExact(t.count()));
      return;
    }
    forEachRow(t.layout(), (at, index, n, stride) -> {
      for (int i = 0; i < n; i++) {
        set(to, dtype, index + i * stride, values[at + i]);
      }
    });
  }

  /** Copies elements of one type bit for bit, from a window to another of the same shape. */
  static void copyBits(Tensor from, Tensor to) {
    MemorySegment source = segment(from);
    MemorySegment target = segment(to);
    int bytes = from.dtype().bytes();
    long[] indices = new long[Math.toIntExact(from.count())];
    forEachRow(from.layout(), (at, index, n, stride) -> {
      for (int i = 0; i < n; i++) {
        indices[at + i] = index + i * stride;
      }
    });
    forEachRow(to.layout(), (at, index, n, stride) -> {
      for (int i = 0; i < n; i++) {
        MemorySegment.copy(source, indices[at + i] * bytes, target, (index + i * stride) * bytes, bytes);
      }
    });
  }

  /** Receives one run along the last axis. */
  interface Row {
    /**
     * @param at row-major number of its first element
     * @param index storage index of its first element
     * @param n elements
     * @param stride between them in the storage
     */
    void run(int at, long index, int n, long stride);
  }

  static void forEachRow(Layout layout, Row row) {
    if (layout.count() == 0) {
      return;
    }
    int rank = layout.rank();
    if (rank == 0) {
      row.run(0, layout.offset(), 1, 1);
      return;
    }
    int n = Math.toIntExact(layout.size(rank - 1));
    long[] position = new long[rank];
    long index = layout.offset();
    int at = 0;
    while (true) {
      row.run(at, index, n, layout.stride(rank - 1));
      at += n;
      int axis = rank - 2;
      while (axis >= 0) {
        index += layout.stride(axis);
        if (++position[axis] < layout.size(axis)) {
          break;
        }
        index -= layout.stride(axis) * layout.size(axis);
        position[axis--] = 0;
      }
      if (axis < 0) {
        return;
      }
    }
  }

  static double get(MemorySegment s, DType dtype, long i) {
    return switch (dtype) {
      case BOOL -> s.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
      case U8 -> s.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      case I8 -> s.get(ValueLayout.JAVA_BYTE, i);
      case F8_E4M3 -> Numbers.e4m3ToFloat(s.get(ValueLayout.JAVA_BYTE, i));
      case F8_E5M2 -> Numbers.e5m2ToFloat(s.get(ValueLayout.JAVA_BYTE, i));
      case I16 -> s.get(U16, 2 * i);
      case U16 -> s.get(U16, 2 * i) & 0xFFFF;
      case F16 -> Numbers.f16ToFloat(s.get(U16, 2 * i));
      case BF16 -> Numbers.bf16ToFloat(s.get(U16, 2 * i));
      case I32 -> s.get(U32, 4 * i);
      case U32 -> s.get(U32, 4 * i) & 0xFFFFFFFFL;
      case F32 -> Float.intBitsToFloat(s.get(U32, 4 * i));
      case F64 -> Double.longBitsToDouble(s.get(U64, 8 * i));
      case I64 -> s.get(U64, 8 * i);
      case U64 -> {
        long v = s.get(U64, 8 * i);
        yield v >= 0 ? v : new BigInteger(Long.toUnsignedString(v)).doubleValue();
      }
    };
  }

  private static void set(MemorySegment s, DType dtype, long i, double v) {
    switch (dtype) {
      case BOOL -> s.set(ValueLayout.JAVA_BYTE, i, (byte) (v == 0 ? 0 : 1));
      case U8 -> s.set(ValueLayout.JAVA_BYTE, i, (byte) clamp(v, 0, 255));
      case I8 -> s.set(ValueLayout.JAVA_BYTE, i, (byte) clamp(v, -128, 127));
      case F8_E4M3 -> s.set(ValueLayout.JAVA_BYTE, i, Numbers.doubleToE4m3(v));
      case F8_E5M2 -> s.set(ValueLayout.JAVA_BYTE, i, Numbers.doubleToE5m2(v));
      case I16 -> s.set(U16, 2 * i, (short) clamp(v, Short.MIN_VALUE, Short.MAX_VALUE));
      case U16 -> s.set(U16, 2 * i, (short) clamp(v, 0, 0xFFFF));
      case F16 -> s.set(U16, 2 * i, Numbers.doubleToF16(v));
      case BF16 -> s.set(U16, 2 * i, Numbers.doubleToBf16(v));
      case I32 -> s.set(U32, 4 * i, (int) v);
      case U32 -> s.set(U32, 4 * i, (int) clamp(v, 0, 0xFFFFFFFFL));
      case F32 -> s.set(U32, 4 * i, Float.floatToRawIntBits((float) v));
      case F64 -> s.set(U64, 8 * i, Double.doubleToRawLongBits(v));
      case I64 -> s.set(U64, 8 * i, (long) v);
      case U64 -> s.set(U64, 8 * i, unsigned(v));
    }
  }

  private static long clamp(double v, long low, long high) {
    return Math.clamp((long) v, low, high);
  }

  private static long unsigned(double v) {
    if (!(v > 0)) {
      return 0;
    }
    return v >= 0x1p64 ? -1 : new BigDecimal(v).toBigInteger().longValue();
  }
}
