package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Copy;
import java.util.List;

/** Other windows on the same elements: no work forward, gradients are added to the window's place. */
public final class View {
  private View() {}

  /** The same elements in the same order under another shape; a copy only where the strides forbid a view. */
  public static Var reshape(Tape tape, Var x, long... shape) {
    return tape.record(tape.scope().reshaped(x.value(), shape), new Reshape(), x);
  }

  /** Axis i of the result is axis {@code axes[i]} of x. */
  public static Var permute(Tape tape, Var x, int... axes) {
    return tape.record(x.value().permute(axes), new Permute(axes.clone()), x);
  }

  /** Elements {@code from} (inclusive) to {@code to} (exclusive) along an axis. */
  public static Var slice(Tape tape, Var x, int axis, long from, long to) {
    return tape.record(x.value().slice(axis, from, to), new Slice(axis, from, to), x);
  }

  /** Every {@code step}-th element along an axis, from the first. */
  public static Var every(Tape tape, Var x, int axis, long step) {
    return tape.record(x.value().every(axis, step), new Every(axis, step), x);
  }

  /** The n-th of {@code parts} equal parts along an axis. */
  public static Var chunk(Tape tape, Var x, int axis, int n, int parts) {
    long size = x.size(axis) / parts;
    if (size * parts != x.size(axis)) {
      throw new IllegalArgumentException(
          "axis " + axis + " of " + x.value() + " cannot be cut into " + parts + " parts");
    }
    return slice(tape, x, axis, n * size, (n + 1) * size);
  }

  private record Reshape() implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> {
        Tensor to = dx.reshape(dy.shape());
        into.run(accumulate ? new Binary(Binary.Function.ADD, to, dy, to) : new Copy(dy, to));
      });
    }
  }

  private record Permute(int[] axes) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.addToWindow(0, dx -> dx.permute(axes), dy);
    }
  }

  private record Slice(int axis, long from, long to) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.addToWindow(0, dx -> dx.slice(axis, from, to), dy);
    }
  }

  private record Every(int axis, long step) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.addToWindow(0, dx -> dx.every(axis, step), dy);
    }
  }
}
