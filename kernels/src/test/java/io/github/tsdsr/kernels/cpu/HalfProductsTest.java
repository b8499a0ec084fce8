package io.github.tsdsr.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.contract.Operands;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Op;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of factors in BF16, on machines that have them. */
@Tag("vectors")
class HalfProductsTest {
  private static final ConvGeometry SAME = ConvGeometry.square(1, 1);
  /** Half a unit in the last of BF16's eight binary digits. */
  private static final double UNIT = 1.0 / 512;

  private static Backend half(int threads) {
    return new VectorBackend(threads, 1L << 30, ProductPrecision.BF16);
  }

  private static void needsBf16() {
    assumeTrue(VectorBackend.has(ProductPrecision.BF16), "no AVX512_BF16");
  }

  /** Rows, inputs, outputs, type of the weight. */
  static Stream<Function<Operands, Op>> exactFactors() {
    return Stream.of(
        o -> linear(o, 1, 32, 16, DType.BF16), o -> linear(o, 13, 96, 33, DType.BF16),
        o -> linear(o, 97, 2080, 207, DType.BF16), o -> linear(o, 301, 128, 130, DType.F32),
        o -> linear(o, 6, 64, 48, DType.F32),
        o -> new Conv2d(exact(o, 2, 11, 9, 64), exact(o, 24, 3, 3, 64), o.normal(24), SAME, o.out(2, 11, 9, 24)),
        o -> new Conv2d(
            exact(o, 1, 13, 8, 32), o.normal(DType.BF16, 33, 2, 2, 32), null, new ConvGeometry(2, 2, 0, 1, 1, 0),
            o.out(1, 7, 4, 33)),
        o -> new Conv2d(
            exact(o, 1, 5, 6, 70).slice(3, 3, 67), exact(o, 17, 1, 1, 64), null, ConvGeometry.square(1, 0),
            o.out(1, 5, 6, 17)),
        o -> new MatMul(exact(o, 50, 64), exact(o, 64, 70), o.out(50, 70)));
  }

  private static Op linear(Operands o, int rows, int inputs, int outputs, DType type) {
    Tensor w = type == DType.BF16 ? o.normal(type, outputs, inputs) : exact(o, outputs, inputs);
    return new Linear(exact(o, 2, rows, inputs), w, o.normal(outputs), o.out(2, rows, outputs));
  }

  /** F32 numbers that BF16 holds. */
  private static Tensor exact(Operands o, long... shape) {
    Tensor numbers = o.out(shape);
    o.run(new Copy(o.normal(DType.BF16, shape), numbers));
    return numbers;
  }

  @ParameterizedTest
  @MethodSource("exactFactors")
  void factorsThatBf16HoldsMultiplyExactly(Function<Operands, Op> op) {
    needsBf16();
    assertTrue(distance(op, half(2)) < 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"1178, 1536, 64", "5, 2048, 200"})
  void otherFactorsAreRounded(int rows, int inputs, int outputs) {
    needsBf16();
    double distance = distance(
        o -> new Linear(o.normal(rows, inputs), o.normal(outputs, inputs), null, o.out(rows, outputs)), half(2));
    assertTrue(distance > UNIT / 10 && distance < 2 * UNIT, "distance " + distance);
  }

  @Test
  void convolutionsOfManyChannelsRoundTheirFactors() {
    needsBf16();
    Function<Operands, Op> op = o -> new Conv2d(
        o.normal(2, 10, 14, 128), o.normal(144, 3, 3, 128), o.normal(144), SAME, o.out(2, 10, 14, 144));
    double distance = distance(op, half(2));
    assertTrue(distance > UNIT / 10 && distance < 4 * UNIT, "distance " + distance);
  }

  @Test
  void gradientsOfConvolutionsOfManyChannelsAreInF32() {
    needsBf16();
    Function<Operands, Op> picture = o -> new Conv2dInputGrad(
        o.normal(1, 10, 14, 144), o.normal(144, 3, 3, 128), SAME, o.out(1, 10, 14, 128), false);
    Function<Operands, Op> kernel = o -> new Conv2dWeightGrad(
        o.normal(1, 10, 14, 128), o.normal(1, 10, 14, 144), SAME, o.out(144, 3, 3, 128), false);
    assertTrue(distance(picture, half(2)) < 1e-6);
    assertTrue(distance(kernel, half(2)) < 1e-6);
  }

  @Test
  void productsWhoseFactorsDoNotSuitAreInF32() {
    needsBf16();
    Function<Operands, Op> op = o -> new MatMul(o.normal(40, 33), o.normal(33, 50), o.out(40, 50));
    assertTrue(distance(op, half(2)) < 1e-6);
    Function<Operands, Op> transposed =
        o -> new MatMul(o.normal(64, 40).transpose(), o.normal(64, 50), o.out(40, 50));
    assertTrue(distance(transposed, half(2)) < 1e-6);
  }

  @Test
  void theBytesAreTheSameWithAnyNumberOfThreads() {
    needsBf16();
    Function<Operands, Op> op = o -> linear(o, 97, 2080, 207, DType.BF16);
    Function<Operands, Op> convolution = o -> new Conv2d(
        o.normal(1, 22, 14, 128), o.normal(128, 3, 3, 128), null, SAME, o.out(1, 22, 14, 128));
    for (Function<Operands, Op> each : List.of(op, convolution)) {
      float[] one = result(each, half(1));
      for (int threads : new int[] {2, 3, 5}) {
        assertArrayEquals(one, result(each, half(threads)), threads + " threads");
      }
    }
  }

  @Test
  void aMachineWithoutThemSaysSo() {
    assumeTrue(!VectorBackend.has(ProductPrecision.BF16), "has AVX512_BF16");
    assertEquals("no kernels for products in BF16 on this machine",
        assertThrows(IllegalArgumentException.class, () -> half(1)).getMessage());
  }

  /** Of the result from that in F64, relative to its norm. */
  private static double distance(Function<Operands, Op> op, Backend backend) {
    float[] found = result(op, backend);
    double off = 0;
    double norm = 0;
    try (Backend reference = new ReferenceBackend(); Scope scope = Scope.on(reference)) {
      Op wide = op.apply(new Operands(scope, true));
      reference.run(wide);
      double[] expected = Values.doubles(reference, wide.outputs().getFirst());
      for (int i = 0; i < expected.length; i++) {
        off += Math.pow(expected[i] - found[i], 2);
        norm += Math.pow(expected[i], 2);
      }
    }
    return Math.sqrt(off / norm);
  }

  private static float[] result(Function<Operands, Op> op, Backend backend) {
    try (backend; Scope scope = Scope.on(backend)) {
      Op work = op.apply(new Operands(scope, false));
      backend.run(work);
      return Values.floats(backend, work.outputs().getFirst());
    }
  }
}
