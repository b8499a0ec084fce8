package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Unary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loops in machine code against those on the Vector API, to the last bit: of every number but for one, NaN, whose bits may differ. What
 * lies around the results is compared too.
 */
@Tag("vectors")
class MachineLoopsTest {
  private static final int FLOATS = 1 << 14;
  private static final List<Float> SPECIAL = List.of(
      0f, -0f, 1f, -1f, Float.MIN_VALUE, -Float.MIN_NORMAL, 87f, 88.5f, -87.4f, -88f, 104f, -104f, 1e20f, -1e20f,
      Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN);

  @BeforeEach
  void needsMachineCodeAndVectors() {
    assumeTrue(MachineKernels.find().isPresent() && VectorModule.present(),
        "no AVX-512, or no vectors to compare with");
  }

  /** Numbers in memory: x and y to work on, parameters; the same each time. */
  private record Numbers(long x, long y, long first, long second, long third, MemorySegment all) {
    static Numbers of(Arena arena, boolean special) {
      Random random = new Random(7);
      MemorySegment all = arena.allocate(5L * 4 * FLOATS, 64);
      for (int i = 0; i < 5 * FLOATS; i++) {
        boolean rare = special && i < FLOATS && random.nextInt(3) == 0;
        all.setAtIndex(
            ValueLayout.JAVA_FLOAT, i,
            rare ? SPECIAL.get(random.nextInt(SPECIAL.size())) : (float) (3 * random.nextGaussian()));
      }
      long at = all.address();
      long part = 4L * FLOATS;
      return new Numbers(at, at + part, at + 2 * part, at + 3 * part, at + 4 * part, all);
    }
  }

  /** A loop on numbers. */
  private interface Use<T> {
    void of(T loops, Numbers n);
  }

  private static <T> void assertSame(T vectors, T machine, Use<T> use) {
    for (boolean special : new boolean[] {false, true}) {
      float[] expected = after(vectors, use, special);
      float[] found = after(machine, use, special);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            Float.floatToIntBits(expected[i]), Float.floatToIntBits(found[i]),
            "number " + i + ": " + expected[i] + ", " + found[i]);
      }
    }
  }

  private static <T> float[] after(T loops, Use<T> use, boolean special) {
    try (Arena arena = Arena.ofConfined()) {
      Numbers n = Numbers.of(arena, special);
      use.of(loops, n);
      return n.all.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "13, 7", "16, 1", "32, 33", "207, 20"})
  void groupNorms(int channels, int pixels) {
    GroupNormLoops vectors = new GroupNormVectors();
    GroupNormLoops machine = MachineKernels.find().orElseThrow().groupNorm();
    assertSame(vectors, machine, (loops, n) -> loops.channelSums(n.x, pixels, channels, n.y));
    assertSame(vectors, machine, (loops, n) -> loops.squareSums(n.x, pixels, channels, n.first, n.y));
    for (boolean silu : new boolean[] {false, true}) {
      assertSame(vectors, machine,
          (loops, n) -> loops.normalise(n.x, pixels, channels, n.first, n.second, n.third, silu, n.y));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 207})
  void exponentialsOfScores(int keys) {
    assertSame(new AttentionVectors(), MachineKernels.find().orElseThrow().attention(),
        (loops, n) -> loops.exponentials(n.x, keys, n.first, n.second));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 16", "48, 13", "3, 64", "2, 207"})
  void dividedAndCopiedRows(int rows, int width) {
    AttentionLoops vectors = new AttentionVectors();
    AttentionLoops machine = MachineKernels.find().orElseThrow().attention();
    long from = 4L * (width + 3);
    long to = 4L * (width + 1);
    assertSame(vectors, machine, (loops, n) -> loops.divide(n.x, from, rows, width, n.first, n.y, to));
    assertSame(vectors, machine, (loops, n) -> loops.copy(n.x, from, rows, width, n.y, to));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 16", "7, 13", "3, 128", "2, 207"})
  void layerAndRmsNorms(int rows, int width) {
    RowNormLoops vectors = new RowNormVectors();
    RowNormLoops machine = MachineKernels.find().orElseThrow().rowNorm();
    long from = 4L * (width + 3);
    long to = 4L * (width + 1);
    assertSame(vectors, machine, (loops, n) -> loops.layerNorm(
        rows, width, n.x, from, n.first, n.second, 1, 1e-6, n.y, to, n.third, 12, 4));
    assertSame(vectors, machine,
        (loops, n) -> loops.layerNorm(rows, width, n.x, from, 0, 0, 0, 1e-6, n.y, to, n.third, 8, 4));
    assertSame(vectors, machine,
        (loops, n) -> loops.rmsNorm(rows, width, n.x, from, n.first, 1e-6, n.y, to, n.third, 8));
    assertSame(vectors, machine, (loops, n) -> loops.rmsNorm(rows, width, n.x, from, 0, 1e-6, n.y, to, n.third, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 48, 128})
  void winogradTransformations(int channels) {
    WinogradLoops vectors = new WinogradVectors();
    WinogradLoops machine = MachineKernels.find().orElseThrow().winograd();
    long pixel = 4L * (channels + 2);
    long row = 5 * pixel;
    long product = 4L * (channels + 1);
    assertSame(vectors, machine, (loops, n) -> {
      try (Arena room = Arena.ofConfined()) {
        long scratch = room.allocate(16 * 64, 64).address();
        loops.pixels(n.x, row, pixel, channels, n.y, product, scratch);
        loops.results(n.x, product, channels, n.first, 0, 0, n.second, row, pixel, scratch);
        loops.results(n.y, product, channels, 0, 0, 0, n.third, row, pixel, scratch);
        loops.results(n.x, product, channels, n.third, row, pixel, n.third, row, pixel, scratch);
        loops.kernels(n.x, row, channels, n.y, product, scratch);
        loops.gradients(n.second, row, pixel, channels, n.first, product, scratch);
        loops.taps(n.first, product, channels, n.third, product, scratch);
      }
    });
  }

  @ParameterizedTest
  @EnumSource(value = Unary.Function.class, names = {"SILU", "GELU_TANH", "AFFINE"})
  void functionsOfAllSpecialNumbers(Unary.Function f) {
    float[] numbers = new float[SPECIAL.size() * 3 + 2];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = SPECIAL.get(i % SPECIAL.size());
    }
    float[] expected = function(f, numbers, KernelCode.VECTORS);
    float[] found = function(f, numbers, KernelCode.MACHINE_CODE);
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(found[i]), f + " of " + numbers[i]);
    }
  }

  private static float[] function(Unary.Function f, float[] numbers, KernelCode code) {
    try (VectorBackend backend = new VectorBackend(1, Long.MAX_VALUE, code); Scope scope = Scope.on(backend)) {
      Tensor x = Values.tensor(scope, DType.F32, numbers, numbers.length);
      Tensor y = scope.empty(x.dtype(), numbers.length);
      backend.run(new Unary(f, 0.3, -1.7, x, y));
      return Values.floats(backend, y);
    }
  }
}
