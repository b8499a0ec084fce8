package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;
import java.util.function.ToLongFunction;

/** Makes a kernel's instructions into steps. What it does not know it refuses, with the line. */
final class Decoder {
  private final Kernel kernel;
  private final Sources sources;
  private final MemoryAccesses memory;
  private final WarpOperations warp;

  private Decoder(Kernel kernel, SharedLayout shared) {
    this.kernel = kernel;
    sources = new Sources(kernel, shared);
    memory = new MemoryAccesses(sources);
    warp = new WarpOperations(sources);
  }

  /**
   * @throws PtxException naming the line, for an instruction that is not known or whose operands do not fit
   */
  static List<Step> decode(Kernel kernel, SharedLayout shared) {
    Decoder decoder = new Decoder(kernel, shared);
    return kernel.instructions().stream().map(decoder::step).toList();
  }

  private Step step(Instruction i) {
    switch (i.opcode()) {
      case "bra", "bra.uni" -> {
        return branch(i);
      }
      case "ret", "exit" -> {
        i.expectOperands(0);
        return (Step.PerThread) lane -> {
          lane.state(Lane.State.EXITED);
          return Step.PerThread.FOLLOWING;
        };
      }
      case "bar.sync" -> {
        i.expectOperands(1);
        if (!i.operands().getFirst().equals(new Operand.Number("0"))) {
          throw i.refuse("the interpreter knows bar.sync for barrier 0 and all threads only");
        }
        return new Step.Barrier();
      }
      default -> {
        Operation operation = RegisterOperations.of(i.opcode());
        Step step = operation != null ? compute(i, operation) : memory.decode(i);
        step = step != null ? step : warp.decode(i);
        if (step == null) {
          throw i.refuse("the interpreter does not know " + i.opcode());
        }
        return step;
      }
    }
  }

  private Step branch(Instruction i) {
    i.expectOperands(1);
    Integer target = i.operands().getFirst() instanceof Operand.Symbol s ? kernel.labels().get(s.name()) : null;
    if (target == null) {
      throw i.refuse("no label " + i.operands().getFirst() + " in " + kernel.name());
    }
    return (Step.PerThread) _ -> target;
  }

  private Step compute(Instruction i, Operation operation) {
    int count = operation.operands().size();
    i.expectOperands(1 + count);
    Operand.Register to = i.register(0);
    if (!operation.result().accepts(to.type()) && !narrowed(i, operation.result(), to)) {
      throw i.refuse(i.opcode() + " writes type " + operation.result().suffix() + ", " + to + " has type "
          + to.type().suffix());
    }
    Operation.Compute f = operation.compute();
    ToLongFunction<Lane> a = source(i, operation, 0);
    ToLongFunction<Lane> b = source(i, operation, 1);
    ToLongFunction<Lane> c = source(i, operation, 2);
    return (Step.PerThread) lane -> {
      lane.write(to, f.apply(a.applyAsLong(lane), b.applyAsLong(lane), c.applyAsLong(lane)));
      return Step.PerThread.FOLLOWING;
    };
  }

  /** Whether this is a conversion whose result of 8 bits goes into a wider register: there are none of 8 bits. */
  private static boolean narrowed(Instruction i, PtxType result, Operand.Register to) {
    return i.opcode().startsWith("cvt.") && result.bytes() == 1 && result.fitsInto(to.type());
  }

  private ToLongFunction<Lane> source(Instruction i, Operation operation, int n) {
    return n < operation.operands().size() ? sources.of(i, i.operands().get(1 + n), operation.operands().get(n))
        : _ -> 0;
  }
}
