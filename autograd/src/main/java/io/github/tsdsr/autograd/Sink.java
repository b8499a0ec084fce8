package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Op;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Where a node puts its inputs' gradients: they add up where an input is used more than once. */
public final class Sink {
  /** Writes a gradient, or adds to it. */
  @FunctionalInterface
  public interface Writer {
    /**
     * @param dx where the gradient belongs
     * @param accumulate whether to add to what dx holds; else its contents are undefined and must be overwritten
     */
    void write(Tensor dx, boolean accumulate);
  }

  private final Backend backend;
  private final Scope scope;
  private final Grads grads;
  private final Var[] inputs;

  Sink(Backend backend, Scope scope, Grads grads, Var[] inputs) {
    this.backend = backend;
    this.scope = scope;
    this.grads = grads;
    this.inputs = inputs;
  }

  public Backend backend() {
    return backend;
  }

  /** Owns what the node needs on the way; closed when the node has run. */
  public Scope scope() {
    return scope;
  }

  /** The type of all gradients of this pass. */
  public DType dtype() {
    return grads.dtype();
  }

  /** Runs an operation. */
  public void run(Op op) {
    backend.run(op);
  }

  /** A tensor of the gradients' type that lives until the node has run. */
  public Tensor empty(long... shape) {
    return scope.empty(grads.dtype(), shape);
  }

  /** How many inputs the node was recorded with. */
  public int inputs() {
    return inputs.length;
  }

  /** Whether the gradient of this input is wanted. Nodes skip the work for those that are not. */
  public boolean wants(int input) {
    return inputs[input].wanted();
  }

  /** For operations that can add to their destination. Does nothing where the gradient is not wanted. */
  public void accumulate(int input, Writer writer) {
    if (wants(input)) {
      boolean first = !grads.has(inputs[input]);
      writer.write(grads.buffer(inputs[input]), !first);
    }
  }

  /**
   * For operations that can only overwrite their destination: gives them the gradient itself the first time, later a
   * temporary that is then added. Does nothing where the gradient is not wanted.
   */
  public void overwrite(int input, Consumer<Tensor> writer) {
    accumulate(input, (dx, accumulate) -> {
      Tensor to = accumulate ? scope.empty(dx.dtype(), dx.shape()) : dx;
      writer.accept(to);
      if (accumulate) {
        backend.run(new Binary(Binary.Function.ADD, dx, to, dx));
        scope.free(to);
      }
    });
  }

  /** Adds a finished gradient (broadcast to the input's shape). Does nothing where it is not wanted. */
  public void add(int input, Tensor gradient) {
    accumulate(input, (dx, accumulate) -> backend
        .run(accumulate ? new Binary(Binary.Function.ADD, dx, gradient, dx) : new Copy(gradient, dx)));
  }

  /** Adds a finished gradient to a window of the input's; the rest of a new gradient is zero. */
  public void addToWindow(int input, UnaryOperator<Tensor> window, Tensor gradient) {
    accumulate(input, (dx, accumulate) -> {
      Tensor part = window.apply(dx);
      if (accumulate) {
        backend.run(new Binary(Binary.Function.ADD, part, gradient, part));
      } else {
        if (part.count() != dx.count()) {
          backend.run(new Fill(dx, 0));
        }
        backend.run(new Copy(gradient, part));
      }
    });
  }
}
