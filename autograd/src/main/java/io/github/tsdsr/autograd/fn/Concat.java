package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import java.util.Arrays;
import java.util.List;

/** Values side by side along an axis. */
public final class Concat {
  private Concat() {}

  /** All axes but the one named have the same size in every part. */
  public static Var apply(Tape tape, int axis, Var... parts) {
    int a = parts[0].value().layout().axis(axis);
    long[] shape = parts[0].shape();
    shape[a] = 0;
    for (Var part : parts) {
      shape[a] += part.size(a);
    }
    Tensor y = tape.empty(parts[0].dtype(), shape);
    long at = 0;
    for (Var part : parts) {
      Tensor window = y.slice(a, at, at + part.size(a));
      if (!window.sameShape(part.value())) {
        throw new IllegalArgumentException(
            "cannot put " + part.value() + " beside " + parts[0].value() + " along axis " + axis);
      }
      tape.run(new Copy(part.value(), window));
      at += part.size(a);
    }
    return tape.record(y, new Back(a, Arrays.stream(parts).mapToLong(p -> p.size(a)).toArray()), parts);
  }

  private record Back(int axis, long[] sizes) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      long at = 0;
      for (int i = 0; i < sizes.length; i++) {
        into.add(i, dy.slice(axis, at, at + sizes[i]));
        at += sizes[i];
      }
    }
  }
}
