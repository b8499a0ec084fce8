package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Gather;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Primitive;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.ScatterAdd;
import io.github.tsdsr.tensor.op.Unary;
import java.util.Arrays;

/**
 * Every primitive on host tensors of all types and strides: plain loops in double precision, results rounded once. What
 * other backends are compared with, and what they run where they have no kernel. Tensors are read whole into arrays, so
 * one of more than 2^31 - 1 elements is refused.
 */
public final class HostPrimitives {
  private HostPrimitives() {}

  /** Runs a primitive; its outputs' storages count a write. */
  public static void run(Primitive op) {
    switch (op) {
      case Fill f -> fill(f);
      case Copy c -> copy(c);
      case Unary u -> unary(u);
      case Binary b -> binary(b);
      case Reduce r -> reduce(r);
      case MatMul m -> matMul(m);
      case Conv2d c -> HostConvolution.forward(c);
      case Conv2dInputGrad c -> HostConvolution.inputGrad(c);
      case Conv2dWeightGrad c -> HostConvolution.weightGrad(c);
      case Gather g -> gather(g);
      case ScatterAdd s -> scatterAdd(s);
      case Random r -> random(r);
    }
    op.outputs().forEach(t -> t.storage().written());
  }

  private static void fill(Fill f) {
    double[] values = new double[Math.toIntExact(f.out().count())];
    Arrays.fill(values, f.value());
    HostValues.write(values, f.out());
  }

  private static void copy(Copy c) {
    if (c.x().dtype() == c.y().dtype()) {
      HostValues.copyBits(c.x(), c.y());
    } else {
      HostValues.write(HostValues.read(c.x()), c.y());
    }
  }

  private static void unary(Unary u) {
    double[] v = HostValues.read(u.x());
    for (int i = 0; i < v.length; i++) {
      v[i] = ScalarFunctions.apply(u.f(), u.p(), u.q(), v[i]);
    }
    HostValues.write(v, u.y());
  }

  private static void binary(Binary op) {
    double[] a = HostValues.read(op.a());
    double[] b = HostValues.read(op.b());
    for (int i = 0; i < a.length; i++) {
      a[i] = ScalarFunctions.apply(op.f(), a[i], b[i]);
    }
    HostValues.write(a, op.y());
  }

  private static void reduce(Reduce r) {
    double[] x = HostValues.read(r.x());
    double[] y = new double[Math.toIntExact(r.y().count())];
    double start = switch (r.f()) {
      case SUM, MEAN, SUM_OF_SQUARES, MAX_ABS -> 0;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
    Arrays.fill(y, start);
    // Where each element of x goes: y's own row-major numbers, broadcast to x's shape.
    Layout target = Layout.contiguous(r.y().shape()).broadcast(r.x().shape());
    HostValues.forEachRow(target, (at, index, n, stride) -> {
      for (int i = 0; i < n; i++) {
        int to = (int) (index + i * stride);
        double v = x[at + i];
        y[to] = switch (r.f()) {
          case SUM, MEAN -> y[to] + v;
          case SUM_OF_SQUARES -> y[to] + v * v;
          case MAX -> Math.max(y[to], v);
          case MIN -> Math.min(y[to], v);
          case MAX_ABS -> Math.max(y[to], Math.abs(v));
        };
      }
    });
    if (r.f() == Reduce.Function.MEAN) {
      double count = (double) x.length / y.length;
      for (int i = 0; i < y.length; i++) {
        y[i] /= count;
      }
    }
    if (r.accumulate()) {
      double[] old = HostValues.read(r.y());
      for (int i = 0; i < y.length; i++) {
        y[i] += old[i];
      }
    }
    HostValues.write(y, r.y());
  }

  private static void matMul(MatMul op) {
    int m = Math.toIntExact(op.m());
    int n = Math.toIntExact(op.n());
    int k = Math.toIntExact(op.k());
    double[] a = HostValues.read(op.a());
    double[] b = HostValues.read(op.b());
    double[] y = op.beta() == 0 ? new double[Math.toIntExact(op.y().count())] : HostValues.read(op.y());
    double[] row = new double[n];
    long rows = m == 0 || n == 0 ? 0 : (long) y.length / n;
    for (int r = 0; r < rows; r++) {
      Arrays.fill(row, 0);
      int matrix = r / m * k * n;
      for (int i = 0; i < k; i++) {
        double x = a[r * k + i];
        int at = matrix + i * n;
        for (int j = 0; j < n; j++) {
          row[j] += x * b[at + j];
        }
      }
      for (int j = 0; j < n; j++) {
        int to = r * n + j;
        y[to] = op.alpha() * row[j] + (op.beta() == 0 ? 0 : op.beta() * y[to]);
      }
    }
    HostValues.write(y, op.y());
  }

  private static void gather(Gather g) {
    double[] ids = HostValues.read(g.ids());
    for (int i = 0; i < ids.length; i++) {
      Tensor row = g.table().select(0, checked(ids[i], g.table()));
      HostValues.write(HostValues.read(row), g.y().select(0, i));
    }
  }

  private static void scatterAdd(ScatterAdd s) {
    double[] ids = HostValues.read(s.ids());
    for (int i = 0; i < ids.length; i++) {
      Tensor row = s.table().select(0, checked(ids[i], s.table()));
      double[] sum = HostValues.read(row);
      double[] more = HostValues.read(s.rows().select(0, i));
      for (int j = 0; j < sum.length; j++) {
        sum[j] += more[j];
      }
      HostValues.write(sum, row);
    }
  }

  private static long checked(double id, Tensor table) {
    if (id < 0 || id >= table.size(0)) {
      throw new IndexOutOfBoundsException("id " + (long) id + " of a table of " + table.size(0) + " rows");
    }
    return (long) id;
  }

  private static void random(Random r) {
    double[] values = new double[Math.toIntExact(r.y().count())];
    switch (r.distribution()) {
      case UNIFORM -> Philox.uniform(r.seed(), r.stream(), r.first(), values);
      case NORMAL -> Philox.normal(r.seed(), r.stream(), r.first(), values);
    }
    HostValues.write(values, r.y());
  }
}
