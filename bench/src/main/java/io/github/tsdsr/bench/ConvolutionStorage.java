package io.github.tsdsr.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The measurement that decided where tensors lie: an implicit 3x3 convolution, channels last, on one thread, once on float[] and
 * once off-heap through absolute addresses; the same tile, the same loops. The padded picture's edges are included: its
 * border of zeros, and the last tile of a row, which reaches beyond it. Run it with 512-bit vectors and with
 * -XX:UseAVX=2.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class ConvolutionStorage {
  private static final int TILE = 6;
  private static final int WIDTH = 2 * FloatVector.SPECIES_PREFERRED.length();

  /** Side, channels in, channels out. */
  @Param({"32x256x256", "64x128x128", "128x32x32"})
  public String shape;

  private int side;
  private int in;
  private int out;
  /** Floats of a padded row, the last tile's overhang included. */
  private int padded;
  private float[] x;
  private float[] w;
  private float[] y;
  private float[] edge;
  private Arena arena;
  private long addressX;
  private long addressW;
  private long addressY;
  private long addressEdge;

  @Setup
  public void prepare() {
    long[] size = Shapes.parse(shape);
    side = (int) size[0];
    in = (int) size[1];
    out = (int) size[2];
    padded = ((side + TILE - 1) / TILE * TILE + 2) * in;
    java.util.Random random = new java.util.Random(1);
    x = new float[(side + 2) * padded];
    for (int row = 1; row <= side; row++) {
      for (int i = in; i < (side + 1) * in; i++) {
        x[row * padded + i] = (float) random.nextGaussian();
      }
    }
    w = new float[9 * in * out];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    y = new float[side * side * out];
    edge = new float[TILE * WIDTH];
    arena = Arena.ofConfined();
    addressX = copy(x);
    addressW = copy(w);
    addressY = arena.allocate(4L * y.length, 64).address();
    addressEdge = arena.allocate(4L * edge.length, 64).address();
  }

  private long copy(float[] values) {
    MemorySegment to = arena.allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, 0, values.length);
    return to.address();
  }

  /** On float[]. */
  @Benchmark
  public void arrays() {
    for (int panel = 0; panel < out; panel += WIDTH) {
      for (int row = 0; row < side; row++) {
        for (int at = 0; at < side; at += TILE) {
          int pixels = Math.min(TILE, side - at);
          float[] to = pixels == TILE ? y : edge;
          int c = pixels == TILE ? (row * side + at) * out + panel : 0;
          ArrayTile.run(
              3, padded, 3 * in * WIDTH, 3 * in, x, row * padded + at * in, in, 1, w, 9 * in * panel, WIDTH, to, c,
              pixels == TILE ? out : WIDTH);
          for (int p = 0; pixels < TILE && p < pixels; p++) {
            System.arraycopy(edge, p * WIDTH, y, (row * side + at + p) * out + panel, WIDTH);
          }
        }
      }
    }
  }

  /** Off-heap. */
  @Benchmark
  public void addresses() {
    for (int panel = 0; panel < out; panel += WIDTH) {
      for (int row = 0; row < side; row++) {
        for (int at = 0; at < side; at += TILE) {
          int pixels = Math.min(TILE, side - at);
          long target = addressY + 4L * ((row * side + at) * out + panel);
          AddressTile.run(
              3, 4L * padded, 12L * in * WIDTH, 3 * in, addressX + 4L * (row * padded + at * in), 4L * in, 4,
              addressW + 36L * in * panel, 4L * WIDTH, pixels == TILE ? target : addressEdge,
              4L * (pixels == TILE ? out : WIDTH));
          for (int p = 0; pixels < TILE && p < pixels; p++) {
            MemorySegment all = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
            MemorySegment.copy(all, addressEdge + 4L * p * WIDTH, all, target + 4L * p * out, 4L * WIDTH);
          }
        }
      }
    }
  }

  @TearDown
  public void close() {
    arena.close();
  }
}
