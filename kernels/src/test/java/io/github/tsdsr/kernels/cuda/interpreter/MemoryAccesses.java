package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decodes loads, stores and atomic operations: parameters, shared and global memory, one to four elements. */
final class MemoryAccesses {
  private static final Pattern LOAD_STORE =
      Pattern.compile("(ld|st)\\.(global|shared|param)(?:\\.v([24]))?\\.(\\w+)");
  private static final Pattern ATOMIC = Pattern.compile("(atom|red)\\.(global|shared)\\.(add)\\.(u32|s32|u64|f32)");

  private final Sources sources;

  MemoryAccesses(Sources sources) {
    this.sources = sources;
  }

  /** The step of an instruction; null if it is none of these. */
  Step decode(Instruction i) {
    Matcher m = LOAD_STORE.matcher(i.opcode());
    if (m.matches()) {
      PtxType type = PtxType.of(m.group(4));
      if (type == null || type == PtxType.PRED) {
        return null;
      }
      int count = m.group(3) == null ? 1 : Integer.parseInt(m.group(3));
      i.expectOperands(2);
      boolean load = m.group(1).equals("ld");
      if (m.group(2).equals("param")) {
        return load && count == 1 ? loadParameter(i, type) : null;
      }
      return load ? load(i, m.group(2), type, count) : store(i, m.group(2), type, count);
    }
    m = ATOMIC.matcher(i.opcode());
    return m.matches() ? atomic(i, m.group(1).equals("atom"), m.group(2), m.group(3), PtxType.of(m.group(4))) : null;
  }

  private static Function<Lane, AddressSpace> space(String name) {
    return name.equals("shared") ? lane -> lane.block().shared() : lane -> lane.block().global();
  }

  /** Global addresses have 64 bits, shared ones 32. */
  private static PtxType addressType(String space) {
    return space.equals("shared") ? PtxType.U32 : PtxType.U64;
  }

  private static void checkFits(Instruction i, PtxType type, Operand.Register r) {
    if (!type.fitsInto(r.type())) {
      throw i.refuse(i.opcode() + " cannot use " + r + " of type " + r.type().suffix());
    }
  }

  private static List<Operand.Register> registers(Instruction i, Operand operand, PtxType type, int count) {
    List<Operand> elements = operand instanceof Operand.Vector v ? v.elements() : List.of(operand);
    if (elements.size() != count || count == 1 && operand instanceof Operand.Vector) {
      throw i.refuse(i.opcode() + " takes " + count + " registers, got " + operand);
    }
    return elements.stream().map(e -> {
      if (!(e instanceof Operand.Register r)) {
        throw i.refuse(i.opcode() + " takes registers, got " + e);
      }
      checkFits(i, type, r);
      return r;
    }).toList();
  }

  /** What a loaded element becomes in a register that may be wider. */
  private static long widened(PtxType type, long bits, Operand.Register r) {
    return type.isSigned() ? r.type().truncate(type.integer(bits)) : bits;
  }

  private Step loadParameter(Instruction i, PtxType type) {
    Operand.Register to = registers(i, i.operands().get(0), type, 1).getFirst();
    Kernel.Parameter p = sources.parameter(i, i.operands().get(1));
    if (!type.accepts(p.type())) {
      throw i.refuse("parameter " + p.name() + " has type " + p.type().suffix() + ", not " + type.suffix());
    }
    return (Step.PerThread) lane -> {
      lane.write(to, lane.block().argument(p));
      return Step.PerThread.FOLLOWING;
    };
  }

  private Step load(Instruction i, String space, PtxType type, int count) {
    List<Operand.Register> to = registers(i, i.operands().get(0), type, count);
    ToLongFunction<Lane> address = sources.address(i, i.operands().get(1), addressType(space));
    Function<Lane, AddressSpace> memory = space(space);
    return (Step.PerThread) lane -> {
      long[] values = memory.apply(lane).load(lane, address.applyAsLong(lane), type.bytes(), count);
      for (int k = 0; k < count; k++) {
        lane.write(to.get(k), widened(type, values[k], to.get(k)));
      }
      return Step.PerThread.FOLLOWING;
    };
  }

  private Step store(Instruction i, String space, PtxType type, int count) {
    ToLongFunction<Lane> address = sources.address(i, i.operands().get(0), addressType(space));
    List<Operand.Register> from = registers(i, i.operands().get(1), type, count);
    Function<Lane, AddressSpace> memory = space(space);
    return (Step.PerThread) lane -> {
      long[] values = new long[count];
      for (int k = 0; k < count; k++) {
        values[k] = type.truncate(lane.read(from.get(k)));
      }
      memory.apply(lane).store(lane, address.applyAsLong(lane), type.bytes(), values);
      return Step.PerThread.FOLLOWING;
    };
  }

  private Step atomic(Instruction i, boolean returnsOld, String space, String operation, PtxType type) {
    int first = returnsOld ? 1 : 0;
    i.expectOperands(first + 2);
    Operand.Register to = returnsOld ? registers(i, i.operands().get(0), type, 1).getFirst() : null;
    ToLongFunction<Lane> address = sources.address(i, i.operands().get(first), addressType(space));
    ToLongFunction<Lane> operand = sources.of(i, i.operands().get(first + 1), type);
    Operation.Compute f = RegisterOperations.of(operation + "." + type.suffix()).compute();
    Function<Lane, AddressSpace> memory = space(space);
    return (Step.PerThread) lane -> {
      long old = memory.apply(lane).atomic(lane, address.applyAsLong(lane), type, f, operand.applyAsLong(lane));
      if (returnsOld) {
        lane.write(to, old);
      }
      return Step.PerThread.FOLLOWING;
    };
  }
}
