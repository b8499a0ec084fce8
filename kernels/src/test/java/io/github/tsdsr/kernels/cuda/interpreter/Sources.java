package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.function.ToLongFunction;

/** How a kernel's instructions get at their operands' values. */
final class Sources {
  private final Kernel kernel;
  private final SharedLayout shared;

  Sources(Kernel kernel, SharedLayout shared) {
    this.kernel = kernel;
    this.shared = shared;
  }

  /** The bits of an operand of a type. */
  ToLongFunction<Lane> of(Instruction i, Operand operand, PtxType type) {
    return switch (operand) {
      case Operand.Register r -> {
        if (!type.accepts(r.type())) {
          throw i.refuse(i.opcode() + " takes an operand of type " + type.suffix() + ", " + r + " has type "
              + r.type().suffix());
        }
        yield lane -> lane.read(r);
      }
      case Operand.Number n -> {
        try {
          long bits = Numerals.bits(n.text(), type);
          yield _ -> bits;
        } catch (NumberFormatException e) {
          throw i.refuse(e.getMessage());
        }
      }
      case Operand.Special s -> {
        if (!type.accepts(PtxType.U32)) {
          throw i.refuse("special registers have type u32, not " + type.suffix());
        }
        yield s.register()::of;
      }
      case Operand.Symbol s -> {
        Long address = shared.address(s.name());
        if (address == null || type.isFloat() || type.bytes() < 4) {
          throw i.refuse("no shared variable " + s.name() + " for an operand of type " + type.suffix());
        }
        yield _ -> address;
      }
      case Operand.Address _, Operand.Vector _, Operand.Pair _ ->
          throw i.refuse(i.opcode() + " takes a single value, got " + operand);
    };
  }

  /** The address that [base + offset] means, in a state space where addresses have a type. */
  ToLongFunction<Lane> address(Instruction i, Operand operand, PtxType type) {
    if (!(operand instanceof Operand.Address a)) {
      throw i.refuse(i.opcode() + " takes an address, got " + operand);
    }
    ToLongFunction<Lane> base = of(i, a.base(), type);
    return lane -> type.truncate(base.applyAsLong(lane) + a.offset());
  }

  /** The parameter that [name] means. */
  Kernel.Parameter parameter(Instruction i, Operand operand) {
    Kernel.Parameter p = operand instanceof Operand.Address a && a.base() instanceof Operand.Symbol s && a.offset() == 0
        ? kernel.parameter(s.name())
        : null;
    if (p == null) {
      throw i.refuse("expected a parameter of " + kernel.name() + ", got " + operand);
    }
    return p;
  }
}
