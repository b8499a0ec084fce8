package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import java.util.ArrayList;
import java.util.List;

/** Padding of pictures (N,H,W,C); negative amounts crop. */
public final class Pad {
  private Pad() {}

  /** Surrounded by a value. */
  public static Var constant(Tape tape, Var x, long left, long right, long top, long bottom, double value) {
    Tensor in = x.value();
    long h = in.size(1);
    long w = in.size(2);
    Tensor y = tape.empty(x.dtype(), in.size(0), h + top + bottom, w + left + right, in.size(3));
    tape.run(new Fill(y, value));
    long[] rows = {Math.max(0, -top), Math.min(h, h + bottom)};
    long[] columns = {Math.max(0, -left), Math.min(w, w + right)};
    Back back = new Back(rows, columns, top, left);
    tape.run(new Copy(back.inner(in), back.outer(y)));
    return tape.record(y, back, x);
  }

  /** Mirrored at the edge pixels, which are not repeated. */
  public static Var reflect(Tape tape, Var x, long left, long right, long top, long bottom) {
    return axis(tape, axis(tape, x, 1, top, bottom, true), 2, left, right, true);
  }

  /** The edge pixels repeated. */
  public static Var replicate(Tape tape, Var x, long left, long right, long top, long bottom) {
    return axis(tape, axis(tape, x, 1, top, bottom, false), 2, left, right, false);
  }

  private static Var axis(Tape tape, Var x, int axis, long before, long after, boolean mirror) {
    long n = x.size(axis);
    if (mirror && Math.max(before, after) >= n) {
      throw new IllegalArgumentException(
          "a side of " + n + " cannot be mirrored " + Math.max(before, after) + " beyond its edge");
    }
    Var[] parts = {x};
    if (before < 0 || after < 0) {
      parts[0] = View.slice(tape, x, axis, Math.max(0, -before), n - Math.max(0, -after));
    }
    if (before > 0) {
      parts = with(parts, 0, border(tape, x, axis, mirror ? 1 : 0, before, mirror));
    }
    if (after > 0) {
      parts = with(parts, parts.length, border(tape, x, axis, mirror ? n - 1 - after : n - 1, after, mirror));
    }
    return parts.length == 1 ? parts[0] : Concat.apply(tape, axis, parts);
  }

  private static Var[] with(Var[] parts, int at, Var more) {
    List<Var> list = new ArrayList<>(List.of(parts));
    list.add(at, more);
    return list.toArray(Var[]::new);
  }

  private static Var border(Tape tape, Var x, int axis, long from, long size, boolean mirror) {
    if (mirror) {
      Var part = View.slice(tape, x, axis, from, from + size);
      return tape.record(part.value().flip(axis), new Flip(axis), part);
    }
    Var line = View.slice(tape, x, axis, from, from + 1);
    long[] shape = line.shape();
    shape[axis] = size;
    return Broadcast.to(tape, line, shape);
  }

  private record Flip(int axis) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.add(0, dy.flip(axis));
    }
  }

  private record Back(long[] rows, long[] columns, long top, long left) implements Node {
    Tensor inner(Tensor x) {
      return x.slice(1, rows[0], rows[1]).slice(2, columns[0], columns[1]);
    }

    Tensor outer(Tensor y) {
      return y.slice(1, rows[0] + top, rows[1] + top).slice(2, columns[0] + left, columns[1] + left);
    }

    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.addToWindow(0, this::inner, outer(dy));
    }
  }
}
