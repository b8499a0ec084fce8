package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Records what a forward pass needs for its backward pass. Which gradients are wanted is known beforehand: a value that no
 * wanted leaf flows into saves nothing, and with an empty set the same model code is inference.
 *
 * <p>The tape owns what its nodes saved and lets go of it as soon as a node has run backward; what else a forward pass
 * makes belongs to the scope of the moment (see {@link #scoped}). A tape runs backward once.
 */
public final class Tape implements AutoCloseable {
  /** A part of a model whose intermediates are computed again in the backward pass, see {@link #checkpoint}. */
  @FunctionalInterface
  public interface Block {
    /** Computes outputs from inputs on the given tape; run twice, it must compute the same. */
    List<Var> run(Tape tape, List<Var> in);
  }

  private interface Entry {
    List<Tensor> saved();

    List<Var> outputs();

    Var[] inputs();

    void backward(List<Tensor> dys, Sink into, Grads grads);
  }

  private record Single(Var output, Node node, Var[] inputs) implements Entry {
    @Override
    public List<Tensor> saved() {
      return node.saved();
    }

    @Override
    public List<Var> outputs() {
      return List.of(output);
    }

    @Override
    public void backward(List<Tensor> dys, Sink into, Grads grads) {
      node.backward(dys.getFirst(), into);
    }

    @Override
    public String toString() {
      return node.getClass().getSimpleName();
    }
  }

  private record Again(Tape tape, Block block, List<Var> outputs, Var[] inputs) implements Entry {
    @Override
    public List<Tensor> saved() {
      return Arrays.stream(inputs).map(Var::value).toList();
    }

    @Override
    public void backward(List<Tensor> dys, Sink into, Grads grads) {
      try (Scope inner = into.scope().inner();
          Tape again = new Tape(inner, tape, false)) {
        List<Var> in = apart(inputs);
        List<Var> out = block.run(again, in);
        for (int i = 0; i < out.size(); i++) {
          if (dys.get(i) != null && out.get(i).wanted()) {
            again.seed(out.get(i), dys.get(i), grads);
          }
        }
        again.runBackward(grads, Set.copyOf(in));
        for (int i = 0; i < in.size(); i++) {
          Tensor dx = grads.get(in.get(i));
          if (dx != null) {
            into.add(i, dx);
            grads.drop(in.get(i));
          }
        }
      }
    }

    @Override
    public String toString() {
      return "checkpoint";
    }
  }

  private record Held(Entry entry, List<Tensor> saved, int[] versions) {}

  private final Set<Tensor> wanted;
  private final Tape outer;
  /** Whether nodes are dropped at once: a block's first run, which only its results are wanted of. */
  private final boolean forgets;
  private final Map<Tensor, Var> leaves = new HashMap<>();
  private final List<Held> entries = new ArrayList<>();
  private Scope scope;
  private boolean ran;

  /**
   * @param scope owns what the forward pass makes
   * @param wanted the leaves whose gradients are wanted; leave it unchanged while the tape lives
   */
  public Tape(Scope scope, Set<Tensor> wanted) {
    this.scope = scope;
    this.wanted = wanted;
    this.outer = null;
    this.forgets = false;
  }

  /** A tape for one run of a block: its leaves are those of the tape outside. */
  private Tape(Scope scope, Tape outer, boolean forgets) {
    this.scope = scope;
    this.wanted = outer.wanted;
    this.outer = outer;
    this.forgets = forgets;
  }

  /** A tape that records nothing. */
  public static Tape inference(Scope scope) {
    return new Tape(scope, Set.of());
  }

  /** What runs the operations. */
  public Backend backend() {
    return scope.backend();
  }

  /** The scope that owns what is made now. */
  public Scope scope() {
    return scope;
  }

  /** Runs an operation. */
  public void run(Op op) {
    scope.backend().run(op);
  }

  /** A tensor with undefined contents in the scope of the moment. */
  public Tensor empty(DType dtype, long... shape) {
    return scope.empty(dtype, shape);
  }

  /** The tensor as a leaf, the same one for the same tensor; wanted if it is in the tape's set. */
  public Var leaf(Tensor t) {
    if (outer != null) {
      return outer.leaf(t);
    }
    return leaves.computeIfAbsent(t, k -> new Var(k, wanted.contains(k)));
  }

  /** Whether a value computed from these needs a node. Functions ask before they make what only a node needs. */
  public boolean records(Var... in) {
    for (Var v : in) {
      if (v != null && v.wanted()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Records a value.
   *
   * @param y the value
   * @param node how its gradient goes on
   * @param in what it was computed from, in the order that the node's sink counts
   */
  public Var record(Tensor y, Node node, Var... in) {
    if (!records(in)) {
      return new Var(y, false);
    }
    Var out = new Var(y, true);
    if (!forgets) {
      hold(new Single(out, node, in));
    }
    return out;
  }

  private void hold(Entry entry) {
    List<Tensor> saved = entry.saved();
    int[] versions = new int[saved.size()];
    for (int i = 0; i < versions.length; i++) {
      saved.get(i).storage().retain();
      versions[i] = saved.get(i).storage().version();
    }
    entries.add(new Held(entry, saved, versions));
  }

  /** Runs a part of a forward pass in a scope of its own: all but its result and what was saved is freed after it. */
  public Var scoped(Supplier<Var> part) {
    return scopedAll(() -> List.of(part.get())).getFirst();
  }

  /** As {@link #scoped}, with several results. */
  public List<Var> scopedAll(Supplier<List<Var>> part) {
    Scope around = scope;
    scope = around.inner();
    try {
      List<Var> out = part.get();
      out.forEach(v -> scope.outward(v.value()));
      return out;
    } finally {
      scope.close();
      scope = around;
    }
  }

  /**
   * Runs a block without saving its intermediates; the backward pass computes them again from the inputs. A block that no
   * wanted leaf flows into just runs.
   */
  public List<Var> checkpoint(Block block, Var... in) {
    // On a tape that knows what is wanted: functions compute otherwise where nothing is, and round otherwise.
    List<Var> out = scopedAll(() -> {
      try (Tape first = new Tape(scope, this, true)) {
        return block.run(first, apart(in));
      }
    });
    List<Var> outputs = apart(out.toArray(Var[]::new));
    if (!forgets && outputs.stream().anyMatch(Var::wanted)) {
      hold(new Again(this, block, outputs, in));
    }
    return outputs;
  }

  /** The same values as variables of their own. */
  private static List<Var> apart(Var... vars) {
    return Arrays.stream(vars).map(v -> new Var(v.value(), v.wanted())).toList();
  }

  /**
   * Runs the tape backward from several seeds at once and lets go of everything saved.
   *
   * @param seeds the gradient of the loss with respect to values of this tape, shaped as these
   * @return the gradients of the wanted leaves
   * @throws IllegalStateException if a saved tensor was written since, or the tape ran before
   */
  public Grads backward(Map<Var, Tensor> seeds) {
    if (ran) {
      throw new IllegalStateException("a tape runs backward once");
    }
    ran = true;
    DType dtype = seeds.values().stream().anyMatch(t -> t.dtype() == DType.F64) ? DType.F64 : DType.F32;
    Grads grads = new Grads(backend(), dtype);
    try {
      seeds.forEach((v, t) -> seed(v, t, grads));
      runBackward(grads, Set.of());
      leaves.forEach(grads::nameLeaf);
      return grads;
    } catch (RuntimeException | Error e) {
      grads.close();
      throw e;
    }
  }

  private void seed(Var v, Tensor dy, Grads grads) {
    if (!v.value().sameShape(dy)) {
      throw new IllegalArgumentException("a seed for " + v.value() + " must have its shape, got " + dy);
    }
    if (v.wanted()) {
      try (Scope s = Scope.on(backend())) {
        new Sink(backend(), s, grads, new Var[] {v}).add(0, dy);
      }
    }
  }

  private void runBackward(Grads grads, Set<Var> keep) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      Held held = entries.remove(i);
      try {
        List<Var> outputs = held.entry.outputs();
        List<Tensor> dys = new ArrayList<>(outputs.size());
        boolean any = false;
        for (Var v : outputs) {
          Tensor dy = grads.get(v);
          any |= dy != null;
          dys.add(dy);
        }
        if (any) {
          checkUnwritten(held);
          try (Scope s = Scope.on(backend())) {
            held.entry.backward(dys, new Sink(backend(), s, grads, held.entry.inputs()), grads);
          }
        }
        outputs.stream().filter(v -> !keep.contains(v)).forEach(grads::drop);
      } finally {
        held.saved.forEach(t -> t.storage().release());
      }
    }
  }

  private static void checkUnwritten(Held held) {
    for (int i = 0; i < held.versions.length; i++) {
      if (held.saved.get(i).storage().version() != held.versions[i]) {
        throw new IllegalStateException(
            held.entry + " saved " + held.saved.get(i) + " for its backward pass, and it was written since");
      }
    }
  }

  /** Lets go of what is still saved. */
  @Override
  public void close() {
    entries.forEach(h -> h.saved.forEach(t -> t.storage().release()));
    entries.clear();
  }
}
