package io.github.tsdsr.tensor;

import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Unary;

/** The element-wise functions on doubles: what kernels approximate. */
public final class ScalarFunctions {
  private ScalarFunctions() {}

  /** f(x) with parameters p and q. */
  public static double apply(Unary.Function f, double p, double q, double x) {
    return switch (f) {
      case AFFINE -> p * x + q;
      case CLAMP -> Math.min(Math.max(x, p), q);
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case ERF -> erf(x);
      case ROUND -> Math.rint(x);
      case FLOOR -> Math.floor(x);
      case SIGMOID -> sigmoid(x);
      case SILU -> x * sigmoid(x);
      case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case GELU_ERF -> 0.5 * x * (1 + erf(x * Math.sqrt(0.5)));
      case QUICK_GELU -> x * sigmoid(1.702 * x);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : p * x;
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    };
  }

  /** f(a, b). */
  public static double apply(Binary.Function f, double a, double b) {
    return switch (f) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case EQUAL -> a == b ? 1 : 0;
      case LESS -> a < b ? 1 : 0;
    };
  }

  /** 1 / (1 + exp(-x)), without overflow on either side. */
  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
  }

  /**
   * The error function to double precision: its series for |x| below 3, the continued fraction of erfc (Lentz's method)
   * beyond.
   */
  static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (a >= 6) {
      return Math.signum(x);
    }
    if (a < 3) {
      // 2 / sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (1 3 5 ... (2n+1)): all terms of one sign.
      double term = a;
      double sum = a;
      for (int n = 1; term > sum * 1e-17; n++) {
        term *= 2 * a * a / (2 * n + 1);
        sum += term;
      }
      return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum, x);
    }
    // erfc(a) = exp(-a^2) / sqrt(pi) / (a + 1/2 / (a + 2/2 / (a + 3/2 / ...)))
    double tail = a;
    for (int n = 120; n >= 1; n--) {
      tail = a + n / 2.0 / tail;
    }
    return Math.copySign(1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / tail, x);
  }
}
