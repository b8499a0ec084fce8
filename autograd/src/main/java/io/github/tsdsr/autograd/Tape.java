package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

    /** What the backward pass reads beyond what was saved, and does not keep alive. */
    default List<Read> read() {
      return List.of();
    }

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

  private record Again(Tape tape, Block block, List<Var> outputs, Var[] inputs, List<Read> read) implements Entry {
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

  /** A tensor, and how often its storage had been written when it was read. */
  private record Read(Tensor tensor, int version) {
    static Read of(Tensor t) {
      return new Read(t, t.storage().version());
    }
  }

  private record Held(Entry entry, List<Read> saved) {
    void release() {
      saved.forEach(r -> r.tensor().storage().release());
    }

    void checkUnwritten() {
      Stream.concat(saved.stream(), entry.read().stream()).forEach(r -> {
        if (r.tensor().storage().version() != r.version()) {
          throw new IllegalStateException(
              entry + " needs " + r.tensor() + " as it was for its backward pass, and it was written since");
        }
      });
    }
  }

  private final Set<Tensor> wanted;
  private final Tape outer;
  /** Whether nodes are dropped at once: a block's first run, which only its results are wanted of. */
  private final boolean forgets;
  private final Map<Tensor, Var> leaves = new HashMap<>();
  private final List<Held> entries = new ArrayList<>();
  /** On a block's first run: the first reading of each storage. */
  private final Map<Storage, Read> reads = new IdentityHashMap<>();
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
      note(t);
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
    note(in);
    if (!records(in)) {
      return new Var(y, false);
    }
    Var out = new Var(y, true);
    if (forgets) {
      node.saved().forEach(this::note);
    } else {
      hold(new Single(out, node, in));
    }
    return out;
  }

  private void note(Var[] in) {
    for (Var v : in) {
      if (v != null) {
        note(v.value());
      }
    }
  }

  private void note(Tensor t) {
    if (forgets) {
      reads.computeIfAbsent(t.storage(), _ -> Read.of(t));
    }
  }

  /** What a block read that neither it nor a scope inside it made. */
  private List<Read> readFromOutside() {
    return reads.values().stream()
        .filter(r -> r.tensor().storage().isAlive() && !scope.owns(r.tensor()))
        .toList();
  }

  private void hold(Entry entry) {
    List<Read> saved = entry.saved().stream().map(Read::of).toList();
    saved.forEach(r -> r.tensor().storage().retain());
    entries.add(new Held(entry, saved));
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
   *
   * <p>Only the inputs are kept alive. What else the block reads (weights, values from outside it) must live until the
   * backward pass and stay as it was: a write in between is an error there, as it is for what a tape saves. The tape sees
   * the block's leaves, frozen ones too, what its nodes were computed from and what they would save; a tensor that an
   * operation reads without any of these is not seen.
   */
  public List<Var> checkpoint(Block block, Var... in) {
    // On a tape that knows what is wanted: functions compute otherwise where nothing is, and round otherwise.
    List<Read> read = new ArrayList<>();
    List<Var> out = scopedAll(() -> {
      try (Tape first = new Tape(scope, this, true)) {
        List<Var> results = block.run(first, apart(in));
        read.addAll(first.readFromOutside());
        return results;
      }
    });
    List<Var> outputs = apart(out.toArray(Var[]::new));
    if (forgets) {
      read.forEach(r -> reads.putIfAbsent(r.tensor().storage(), r));
      note(in);
    } else if (outputs.stream().anyMatch(Var::wanted)) {
      hold(new Again(this, block, outputs, in, read));
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
   * @throws IllegalStateException if a tensor that was saved, or that a checkpointed block reads, was written since, or
   *     the tape ran before
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
          held.checkUnwritten();
          try (Scope s = Scope.on(backend())) {
            held.entry.backward(dys, new Sink(backend(), s, grads, held.entry.inputs()), grads);
          }
        }
        outputs.stream().filter(v -> !keep.contains(v)).forEach(grads::drop);
      } finally {
        held.release();
      }
    }
  }

  /** Lets go of what is still saved. */
  @Override
  public void close() {
    entries.forEach(Held::release);
    entries.clear();
  }
}
