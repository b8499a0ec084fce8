package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.Unary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers"): momentum whose update is orthogonalised by five
 * Newton-Schulz steps, for matrices and for kernels read as (O, rest). An update is scaled by 0.2 sqrt(max(rows, columns)),
 * so that AdamW's rates serve.
 */
public final class Muon implements Optimiser {
  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final int ROUNDS = 5;
  private static final double RMS = 0.2;

  private final Scope scope;
  private final double momentum;
  private final double decay;
  private final List<Parameter> parameters;
  private final Map<String, Tensor> velocity = new LinkedHashMap<>();
  private long steps;

  /**
   * @param scope owns the state
   * @param momentum of the gradients, 0.95
   * @param decay of the weights, times the rate
   */
  public Muon(Scope scope, double momentum, double decay, List<Parameter> parameters) {
    this.scope = scope;
    this.momentum = momentum;
    this.decay = decay;
    this.parameters = List.copyOf(parameters);
    for (Parameter p : parameters) {
      if (p.value().rank() < 2) {
        throw new IllegalArgumentException(p.name() + " is no matrix: " + p.value());
      }
      velocity.put(p.name(), scope.zeros(p.value().dtype(), p.value().shape()));
    }
  }

  @Override
  public void step(Function<Tensor, Optional<Tensor>> gradients, double factor, double rate) {
    steps++;
    for (Parameter p : parameters) {
      try (Scope s = scope.inner()) {
        Tensor gradient = gradients.apply(p.value()).orElseGet(() -> s.zeros(DType.F32, p.value().shape()));
        update(s, p, gradient, factor, rate);
      }
    }
  }

  private void update(Scope s, Parameter p, Tensor gradient, double factor, double rate) {
    Tensor v = velocity.get(p.name());
    Tensor g = s.empty(DType.F32, v.shape());
    run(s, Unary.affine(gradient, factor, 0, g));
    run(s, Unary.affine(v, momentum, 0, v));
    run(s, new Binary(Binary.Function.ADD, v, g, v));
    // Nesterov: the gradient once more on top of the momentum.
    Tensor ahead = s.empty(DType.F32, v.shape());
    run(s, Unary.affine(v, momentum, 0, ahead));
    run(s, new Binary(Binary.Function.ADD, ahead, g, ahead));
    long rows = v.size(0);
    long columns = v.count() / rows;
    Tensor u = orthogonal(s, ahead.reshape(rows, columns));
    run(s, Unary.affine(u, -rate * RMS * Math.sqrt(Math.max(rows, columns)), 0, u));
    Tensor w = p.value().reshape(rows, columns);
    run(s, Unary.affine(w, 1 - rate * decay, 0, w));
    run(s, new Binary(Binary.Function.ADD, w, u, w));
  }

  /** About U V^T of the singular value decomposition U S V^T of g. */
  static Tensor orthogonal(Scope s, Tensor g) {
    boolean tall = g.size(0) > g.size(1);
    Tensor wide = tall ? g.transpose() : g;
    long n = wide.size(0);
    Tensor norm = s.empty(DType.F32, 1, 1);
    run(s, new Reduce(Reduce.Function.SUM_OF_SQUARES, g, norm));
    double scale = 1 / (Math.sqrt(Values.scalar(s.backend(), norm)) + 1e-7);
    Tensor x = s.empty(DType.F32, wide.shape());
    run(s, Unary.affine(wide, scale, 0, x));
    for (int i = 0; i < ROUNDS; i++) {
      Tensor a = s.empty(DType.F32, n, n);
      run(s, new MatMul(x, x.transpose(), a));
      Tensor polynomial = s.empty(DType.F32, n, n);
      run(s, new Copy(a, polynomial));
      run(s, new MatMul(a, a, polynomial, C, B));
      Tensor next = s.empty(DType.F32, x.shape());
      run(s, new Copy(x, next));
      run(s, new MatMul(polynomial, x, next, 1, A));
      x = next;
    }
    Tensor u = s.empty(DType.F32, g.shape());
    run(s, new Copy(tall ? x.transpose() : x, u));
    return u;
  }

  private static void run(Scope s, Op op) {
    s.backend().run(op);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    velocity.forEach((name, t) -> state.put("muon.velocity." + name, t));
    return state;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void resumeAt(long steps) {
    this.steps = steps;
  }
}
