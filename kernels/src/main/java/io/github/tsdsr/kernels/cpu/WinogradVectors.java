package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link WinogradLoops} on the Vector API. */
final class WinogradVectors implements WinogradLoops {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();
  private static final long VECTOR = 4L * L;

  @Override
  public int factorBytes() {
    return 4;
  }

  @Override
  public void pixels(long from, long row, long pixel, int channels, long to, long product, long vectors) {
    for (int c = 0; c < channels; c += L) {
      long at = from + 4L * c;
      for (int j = 0; j < 4; j++) {
        spread(at + j * pixel, row, vectors + j * VECTOR, 4 * VECTOR);
      }
      long result = to + 4L * c;
      for (int i = 0; i < 4; i++) {
        spread(vectors + 4 * i * VECTOR, VECTOR, result + 4 * i * product, product);
      }
    }
  }

  @Override
  public void results(
      long from, long product, int outputs, long more, long rowMore, long pixelMore, long to, long row, long pixel,
      long vectors) {
    for (int o = 0; o < outputs; o += L) {
      long at = from + 4L * o;
      for (int j = 0; j < 4; j++) {
        gather(at + j * product, 4 * product, vectors + j * VECTOR, 4 * VECTOR, 0, 0);
      }
      for (int i = 0; i < 2; i++) {
        gather(vectors + 4 * i * VECTOR, VECTOR, to + i * row + 4L * o, pixel,
            more == 0 ? 0 : more + i * rowMore + 4L * o, pixelMore);
      }
    }
  }

  @Override
  public void kernels(long from, long tap, int count, long to, long product, long vectors) {
    for (int c = 0; c < count; c += L) {
      for (int j = 0; j < 3; j++) {
        widen(from + j * tap + 4L * c, 3 * tap, vectors + j * VECTOR, 3 * VECTOR);
      }
      for (int i = 0; i < 4; i++) {
        widen(vectors + 3 * i * VECTOR, VECTOR, to + 4 * i * product + 4L * c, product);
      }
    }
  }

  @Override
  public void gradients(long from, long row, long pixel, int outputs, long to, long product, long vectors) {
    for (int o = 0; o < outputs; o += L) {
      for (int j = 0; j < 2; j++) {
        spreadPair(from + j * pixel + 4L * o, row, vectors + j * VECTOR, 2 * VECTOR);
      }
      for (int i = 0; i < 4; i++) {
        spreadPair(vectors + 2 * i * VECTOR, VECTOR, to + 4 * i * product + 4L * o, product);
      }
    }
  }

  @Override
  public void taps(long from, long product, int channels, long to, long tap, long vectors) {
    for (int c = 0; c < channels; c += L) {
      for (int j = 0; j < 4; j++) {
        fold(from + j * product + 4L * c, 4 * product, vectors + j * VECTOR, 4 * VECTOR);
      }
      for (int i = 0; i < 3; i++) {
        fold(vectors + 4 * i * VECTOR, VECTOR, to + 3 * i * tap + 4L * c, tap);
      }
    }
  }

  private static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE);
  }

  /** Four vectors times B^T. */
  private static void spread(long from, long step, long to, long stepTo) {
    FloatVector d0 = load(from);
    FloatVector d1 = load(from + step);
    FloatVector d2 = load(from + 2 * step);
    FloatVector d3 = load(from + 3 * step);
    d0.sub(d2).intoMemorySegment(ALL, to, LE);
    d1.add(d2).intoMemorySegment(ALL, to + stepTo, LE);
    d2.sub(d1).intoMemorySegment(ALL, to + 2 * stepTo, LE);
    d1.sub(d3).intoMemorySegment(ALL, to + 3 * stepTo, LE);
  }

  /** Four vectors times A^T, plus what is added to the first result and, some bytes further, to the second: 0 for nothing. */
  private static void gather(long from, long step, long to, long stepTo, long more, long stepMore) {
    FloatVector m0 = load(from);
    FloatVector m1 = load(from + step);
    FloatVector m2 = load(from + 2 * step);
    FloatVector m3 = load(from + 3 * step);
    FloatVector first = m0.add(m1).add(m2);
    FloatVector second = m1.sub(m2).sub(m3);
    if (more != 0) {
      first = first.add(load(more));
      second = second.add(load(more + stepMore));
    }
    first.intoMemorySegment(ALL, to, LE);
    second.intoMemorySegment(ALL, to + stepTo, LE);
  }

  /** Three vectors times G. */
  private static void widen(long from, long step, long to, long stepTo) {
    FloatVector g0 = load(from);
    FloatVector g2 = load(from + 2 * step);
    FloatVector sum = g0.add(g2).mul(0.5f);
    FloatVector half = load(from + step).mul(0.5f);
    g0.intoMemorySegment(ALL, to, LE);
    sum.add(half).intoMemorySegment(ALL, to + stepTo, LE);
    sum.sub(half).intoMemorySegment(ALL, to + 2 * stepTo, LE);
    g2.intoMemorySegment(ALL, to + 3 * stepTo, LE);
  }

  /** Two vectors times A. */
  private static void spreadPair(long from, long step, long to, long stepTo) {
    FloatVector y0 = load(from);
    FloatVector y1 = load(from + step);
    y0.intoMemorySegment(ALL, to, LE);
    y0.add(y1).intoMemorySegment(ALL, to + stepTo, LE);
    y0.sub(y1).intoMemorySegment(ALL, to + 2 * stepTo, LE);
    FloatVector.zero(S).sub(y1).intoMemorySegment(ALL, to + 3 * stepTo, LE);
  }

  /** Four vectors times G^T. */
  private static void fold(long from, long step, long to, long stepTo) {
    FloatVector m0 = load(from);
    FloatVector m1 = load(from + step);
    FloatVector m2 = load(from + 2 * step);
    FloatVector m3 = load(from + 3 * step);
    FloatVector half = m1.add(m2).mul(0.5f);
    m0.add(half).intoMemorySegment(ALL, to, LE);
    m1.sub(m2).mul(0.5f).intoMemorySegment(ALL, to + stepTo, LE);
    m3.add(half).intoMemorySegment(ALL, to + 2 * stepTo, LE);
  }
}
