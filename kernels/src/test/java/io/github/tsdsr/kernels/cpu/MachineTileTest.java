package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiles in machine code against those in Java, to the last bit, what lies around the result included. */
@Tag("vectors")
class MachineTileTest {
  private static final Optional<MachineKernels> MACHINE = MachineKernels.find();
  private static final int FLOATS = 1 << 15;

  /** How a result is made of the sums. */
  private enum Added {
    NOTHING,
    A_ROW,
    THE_RESULT
  }

  /** Rows, vectors, height, columns missing, k, segments. */
  static Stream<Arguments> sizes() {
    return Stream.of(new int[] {6, 3}, new int[] {8, 2}, new int[] {12, 1}).flatMap(
        shape -> Stream.of(
            new int[] {1, 0, 1, 1}, new int[] {0, 1, 7, 1}, new int[] {0, 15, 13, 3}, new int[] {5, 0, 48, 3},
            new int[] {-1, 7, 144, 2}, new int[] {17, 16, 5, 1}, new int[] {24, 0, 33, 1}, new int[] {2, 3, 207, 1})
            .map(size -> Arguments.of(
                shape[0], shape[1], shape[0] + size[0], Math.max(1, 16 * shape[1] - size[1]), size[2], size[3])));
  }

  @ParameterizedTest(name = "{0}x{1} vectors, {2} rows, {3} columns, k {4}, {5} segments")
  @MethodSource("sizes")
  void givesTheBytesOfTheLoopInJava(int rows, int vectors, int height, int columns, int k, int segments) {
    assumeTrue(MACHINE.isPresent() && VectorModule.present(), "no AVX-512, or no vectors to compare with");
    TileKernel machine = MACHINE.get().tile(rows, vectors, ProductPrecision.F32);
    TileKernel java = tileInJava(rows);
    for (Added added : Added.values()) {
      for (boolean transposed : new boolean[] {false, true}) {
        float[] expected = run(java, height, columns, k, segments, added, transposed);
        float[] found = run(machine, height, columns, k, segments, added, transposed);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(
              Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(found[i]), added + ", element " + i);
        }
      }
    }
  }

  private static TileKernel tileInJava(int rows) {
    return switch (rows) {
      case 6 -> new Kernel6x3();
      case 8 -> new Kernel8x2();
      default -> new Kernel12x1();
    };
  }

  /** All of the result's memory after a run on numbers that are the same each time. */
  private static float[] run(
      TileKernel kernel, int height, int columns, int k, int segments, Added added, boolean transposed) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = random(arena, 1);
      MemorySegment b = random(arena, 2);
      MemorySegment c = random(arena, 3);
      MemorySegment row = random(arena, 4);
      MemorySegment tile = arena.allocate(4L * kernel.rows() * kernel.columns(), 64);
      int tiles = Math.ceilDiv(height, kernel.rows());
      // Row-major as a convolution reads it, rows overlapping; or tiles one after the other, each column by column.
      long rowA = transposed ? 4 : 4L * 16;
      long stepA = transposed ? 4L * kernel.rows() : 4;
      long tileA = transposed ? 4L * kernel.rows() * k : kernel.rows() * rowA;
      long segmentA = transposed ? 4L * tiles * kernel.rows() * k : 4L * 301;
      long rowC = 4L * (kernel.columns() + 5);
      long at = c.address() + 4 * 100;
      long more = switch (added) {
        case NOTHING -> 0;
        case A_ROW -> row.address();
        case THE_RESULT -> at;
      };
      kernel.run(
          segments, segmentA, 4L * k * kernel.columns(), k, a.address(), rowA, stepA, tileA, b.address(),
          4L * kernel.columns(), height, columns, more, added == Added.THE_RESULT ? rowC : 0, at, rowC, tile.address());
      return c.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private static MemorySegment random(Arena arena, int seed) {
    Random random = new Random(seed);
    MemorySegment all = arena.allocate(4L * FLOATS, 64);
    for (int i = 0; i < FLOATS; i++) {
      all.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return all;
  }
}
