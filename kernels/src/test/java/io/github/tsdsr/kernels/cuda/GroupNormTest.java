package io.github.tsdsr.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.kernels.cuda.interpreter.InterpreterDevice;
import io.github.tsdsr.kernels.cuda.interpreter.KernelFault;
import io.github.tsdsr.kernels.cuda.interpreter.Report.Kind;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.GroupNorm;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ptx/group_norm.ptx, launched by the backend, run by the interpreter. */
class GroupNormTest {
  /** Of the largest value: F32 sums against exact ones. */
  private static final double TOLERANCE = 2e-6;

  private record Result(double[] y, double[] statistics) {}

  private record Case(long[] shape, int groups, double eps, float[] x, float[] weight, float[] bias) {
    static Case random(int n, int h, int w, int c, int groups, double mean, double deviation) {
      Random random = new Random(n + 10L * h + 100L * w + 1000L * c);
      float[] x = normal(random, n * h * w * c, mean, deviation);
      return new Case(new long[] {n, h, w, c}, groups, 1e-6, x, normal(random, c, 1, 0.5), normal(random, c, 0, 1));
    }

    private static float[] normal(Random random, int count, double mean, double deviation) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (mean + deviation * random.nextGaussian());
      }
      return values;
    }

    Result run(Backend backend, DType dtype, boolean silu, boolean inPlace) {
      try (Scope scope = Scope.on(backend)) {
        Tensor input = Values.tensor(scope, dtype, x, shape);
        Tensor y = inPlace ? input : scope.empty(dtype, shape);
        Tensor statistics = scope.empty(dtype, shape[0], groups, 2);
        backend.run(new GroupNorm(input, Values.tensor(scope, dtype, weight, weight.length),
            Values.tensor(scope, dtype, bias, bias.length), groups, eps, silu, y, statistics));
        return new Result(read(backend, y), read(backend, statistics));
      }
    }

    private static double[] read(Backend backend, Tensor t) {
      if (t.dtype() == DType.F64) {
        return Values.doubles(backend, t);
      }
      float[] values = Values.floats(backend, t);
      double[] out = new double[values.length];
      Arrays.setAll(out, i -> values[i]);
      return out;
    }

    Result onInterpreter(boolean silu) {
      try (CudaBackend backend = new CudaBackend(new InterpreterDevice())) {
        return run(backend, DType.F32, silu, false);
      }
    }

    Result exact(boolean silu) {
      try (ReferenceBackend backend = new ReferenceBackend()) {
        return run(backend, DType.F64, silu, false);
      }
    }
  }

  private static double error(double[] got, double[] want) {
    assertEquals(want.length, got.length);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < want.length; i++) {
      largest = Math.max(largest, Math.abs(want[i]));
      difference = Math.max(difference, Math.abs(got[i] - want[i]));
    }
    return difference / largest;
  }

  private static void assertClose(double[] got, double[] want, double tolerance) {
    double e = error(got, want);
    assertTrue(e <= tolerance, () -> "error " + e + " of the largest value, at most " + tolerance);
  }

  @ParameterizedTest(name = "{0}x{1}x{2}x{3}, {4} groups, SiLU {5}")
  @CsvSource({
    // N, H, W, C, groups
    "1, 1, 1, 32, 8, true", "2, 1, 1, 4, 4, true", "1, 3, 3, 32, 32, false", "2, 5, 7, 32, 8, true",
    "1, 4, 6, 24, 4, true", "3, 13, 1, 7, 7, false", "1, 9, 5, 66, 3, true", "2, 3, 5, 320, 32, true",
    "1, 1, 3, 1300, 1, true", "1, 2, 2, 1000, 2, false", "1, 33, 31, 4, 1, true", "1, 16, 65, 12, 4, true",
    "2, 3, 3, 1, 1, true", "1, 1, 700, 5, 1, false"
  })
  void agreesWithTheReferenceInDoublePrecision(int n, int h, int w, int c, int groups, boolean silu) {
    Case in = Case.random(n, h, w, c, groups, 0.3, 1.5);
    Result got = in.onInterpreter(silu);
    Result want = in.exact(silu);
    assertClose(got.statistics(), want.statistics(), TOLERANCE);
    assertClose(got.y(), want.y(), TOLERANCE);
  }

  static List<GoldenGroupNorm> golden() throws IOException {
    List<GoldenGroupNorm> cases = GoldenGroupNorm.cases();
    assertEquals(8, cases.size());
    return cases;
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithTheGoldenCases(GoldenGroupNorm g) {
    Case in = new Case(new long[] {g.n(), g.h(), g.w(), g.c()}, g.groups(), g.eps(), g.x(), g.weight(), g.bias());
    double[] want = new double[g.y().length];
    Arrays.setAll(want, i -> g.y()[i]);
    // Case 6 has a mean of 500, so that x - mean loses three digits in F32.
    assertClose(in.onInterpreter(true).y(), want, g.name().equals("case6") ? 1e-3 : 1e-5);
  }

  @Test
  void aMeanFarFromZeroDoesNotSpoilTheDeviation() {
    Case in = Case.random(1, 40, 40, 8, 2, 1000, 0.01);
    double[] got = in.onInterpreter(false).statistics();
    double[] want = in.exact(false).statistics();
    for (int i = 0; i < want.length; i += 2) {
      assertEquals(want[i], got[i], Math.ulp(1000f));
      assertEquals(1, got[i + 1] / want[i + 1], 1e-5);
    }
  }

  @Test
  void equalNumbersHaveNoVariance() {
    Case in = Case.random(1, 5, 5, 8, 4, 3, 0);
    double[] statistics = in.onInterpreter(true).statistics();
    for (int i = 0; i < statistics.length; i += 2) {
      assertEquals(3, statistics[i]);
      assertEquals(1000, statistics[i + 1], 1e-3);
    }
  }

  @Test
  void siluOfLargeNumbersNeitherOverflowsNorLosesThem() {
    Case in = Case.random(1, 4, 4, 8, 4, 0, 1);
    Arrays.fill(in.bias(), 0, 4, 200f);
    Arrays.fill(in.bias(), 4, 8, -200f);
    Arrays.fill(in.weight(), 1);
    assertClose(in.onInterpreter(true).y(), in.exact(true).y(), TOLERANCE);
  }

  @Test
  void aNanInAGroupIsSeenInItsWholeGroupOnly() {
    Case in = Case.random(2, 3, 3, 8, 4, 0, 1);
    in.x()[0] = Float.NaN;
    Result got = in.onInterpreter(true);
    assertTrue(Double.isNaN(got.statistics()[0]) && Double.isNaN(got.statistics()[1]));
    for (int i = 0; i < got.y().length; i++) {
      assertEquals(i < 72 && i % 8 < 2, Double.isNaN(got.y()[i]), "element " + i);
    }
  }

  @Test
  void theResultMayReplaceTheInput() {
    Case in = Case.random(2, 5, 3, 12, 4, 0, 1);
    try (CudaBackend backend = new CudaBackend(new InterpreterDevice())) {
      assertArrayEquals(in.onInterpreter(true).y(), in.run(backend, DType.F32, true, true).y());
    }
  }

  @Test
  void aPictureWithoutPixelsHasNoStatistics() {
    Case in = Case.random(2, 0, 3, 8, 4, 0, 1);
    Result got = in.onInterpreter(true);
    assertEquals(0, got.y().length);
    assertTrue(Arrays.stream(got.statistics()).allMatch(Double::isNaN));
  }

  /** What the watching is worth: every one of these changes leaves the text right for an assembler. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      RACE              | bar.sync        0;                   |
      RACE              | add.u32         %slots, %slots, 256; |
      RACE              | @%leads st.shared.v2.f32             | st.shared.v2.f32
      UNWRITTEN_MEMORY  | @%held ld.shared.v2.f32              | ld.shared.v2.f32
      OUT_OF_BOUNDS     | partial[512]                         | partial[264]
      OUT_OF_BOUNDS     | setp.ge.u32     %done, %p, %pixels;  | setp.gt.u32     %done, %p, %pixels;
      MISALIGNED        | add.u32         %slot, %slot, %slots; | add.u32 %slot, %slot, %slots; add.u32 %slot, %slot, 4;
      INACTIVE_LANE     | @%absent bra    ADDED;               | @%absent ret;
      UNWRITTEN_REGISTER | mov.f32         %square, 0f00000000; |
      DIVERGENT_BARRIER | @%leads st.shared                    | @!%leads ret; st.shared
      """)
  void aBrokenKernelIsFound(Kind kind, String part, String by) {
    Device broken = new InterpreterDevice() {
      @Override
      public DeviceModule load(String ptx) {
        int at = ptx.indexOf(part);
        assertTrue(at >= 0, part);
        return super.load(ptx.substring(0, at) + (by == null ? "" : by) + ptx.substring(at + part.length()));
      }
    };
    // Two warps; the last threads, beyond 12 rows of 5 channels, have no work.
    Case in = Case.random(1, 3, 3, 5, 1, 0, 1);
    try (CudaBackend backend = new CudaBackend(broken)) {
      KernelFault fault = assertThrows(KernelFault.class, () -> in.run(backend, DType.F32, true, false));
      assertTrue(fault.reports().stream().anyMatch(r -> r.kind() == kind), fault::getMessage);
    }
  }
}
