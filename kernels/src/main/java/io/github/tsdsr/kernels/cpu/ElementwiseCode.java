package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSP;

import io.github.tsdsr.kernels.cpu.machinecode.Assembler;
import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import io.github.tsdsr.kernels.cpu.machinecode.Register;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.GatedResidual;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/** The element-wise operations of a forward pass in machine code, over dense rows of F32. */
final class ElementwiseCode {
  private static final String AFFINE = "affine";
  private static final String SILU = "silu";
  private static final String GELU = "gelu";
  private static final String ADD = "add";
  private static final String GATED = "gated residual";

  private final MachineCode affine;
  private final MachineCode silu;
  private final MachineCode gelu;
  private final MachineCode add;
  private final MachineCode gated;

  ElementwiseCode(Map<String, MachineCode> functions) {
    affine = functions.get(AFFINE);
    silu = functions.get(SILU);
    gelu = functions.get(GELU);
    add = functions.get(ADD);
    gated = functions.get(GATED);
  }

  static void addTo(Program program) {
    program.add(AFFINE, ElementwiseCode::affine);
    program.add(SILU, code -> unary(code, VectorCode::silu));
    program.add(GELU, code -> unary(code, VectorCode::gelu));
    program.add(ADD, ElementwiseCode::add);
    program.add(GATED, ElementwiseCode::gated);
  }

  /** Runs the operation if there is code for it and its operands are dense rows. */
  boolean run(Op op, WorkerPool pool) {
    return switch (op) {
      case Unary u when u.f() == Unary.Function.AFFINE -> run(pool, List.of(u.x(), u.y()), (at, n) -> affine.call(
          at[0], at[1], n, Float.floatToRawIntBits((float) u.p()), Float.floatToRawIntBits((float) u.q()), 0));
      case Unary u when u.f() == Unary.Function.SILU ->
          run(pool, List.of(u.x(), u.y()), (at, n) -> silu.call(at[0], at[1], n, 0, 0, 0));
      case Unary u when u.f() == Unary.Function.GELU_TANH ->
          run(pool, List.of(u.x(), u.y()), (at, n) -> gelu.call(at[0], at[1], n, 0, 0, 0));
      case Binary b when b.f() == Binary.Function.ADD ->
          run(pool, List.of(b.a(), b.b(), b.y()), (at, n) -> add.call(at[0], at[1], n, at[2], 0, 0));
      case GatedResidual g -> run(
          pool, List.of(g.x(), g.gate().broadcast(g.x().shape()), g.y(), g.z()),
          (at, n) -> gated.call(at[0], at[1], n, at[2], at[3], 0));
      default -> false;
    };
  }

  private static boolean run(WorkerPool pool, List<Tensor> operands, Strided.Row row) {
    for (Tensor t : operands) {
      if (t.dtype() != DType.F32) {
        return false;
      }
    }
    Strided loop = Strided.of(operands.toArray(new Tensor[0]));
    for (int i = 0; i < operands.size(); i++) {
      if (loop.step(i) != Float.BYTES) {
        return false;
      }
    }
    loop.run(pool, row);
    return true;
  }

  /** (x, y, n, p, q): y = x p + q, the numbers' bits in the lower halves. */
  private static void affine(Assembler code) {
    // Below the stack's end, where no one writes before the next call.
    code.mov(at(RSP, -8), RCX);
    code.mov(at(RSP, -16), R8);
    code.vbroadcastss(1, at(RSP, -8));
    code.vbroadcastss(2, at(RSP, -16));
    VectorCode.overVectors(code, RDX, mask -> {
      code.vmovups(0, at(RDI, 0), mask);
      code.vfmadd213ps(0, 1, vector(2));
      code.vmovups(at(RSI, 0), 0, mask);
      advance(code, RDI, RSI);
    });
    end(code);
  }

  /** (x, y, n): y = f(x), f written for a register. */
  private static void unary(Assembler code, ObjIntConsumer<Assembler> f) {
    VectorCode.constants(code);
    VectorCode.overVectors(code, RDX, mask -> {
      code.vmovups(0, at(RDI, 0), mask);
      f.accept(code, 0);
      code.vmovups(at(RSI, 0), 0, mask);
      advance(code, RDI, RSI);
    });
    end(code);
  }

  /** (a, b, n, y). */
  private static void add(Assembler code) {
    VectorCode.overVectors(code, RDX, mask -> {
      code.vmovups(0, at(RDI, 0), mask);
      code.vmovups(1, at(RSI, 0), mask);
      code.vaddps(0, 0, vector(1));
      code.vmovups(at(RCX, 0), 0, mask);
      advance(code, RDI, RSI, RCX);
    });
    end(code);
  }

  /** (x, gate, n, y, z): z = x + gate y. */
  private static void gated(Assembler code) {
    VectorCode.overVectors(code, RDX, mask -> {
      code.vmovups(0, at(RSI, 0), mask);
      code.vmovups(1, at(RCX, 0), mask);
      code.vmovups(2, at(RDI, 0), mask);
      code.vfmadd213ps(0, 1, vector(2));
      code.vmovups(at(R8, 0), 0, mask);
      advance(code, RDI, RSI, RCX, R8);
    });
    end(code);
  }

  private static void advance(Assembler code, Register... addresses) {
    for (Register r : addresses) {
      code.add(r, VectorCode.BYTES);
    }
  }

  private static void end(Assembler code) {
    code.vzeroupper();
    code.ret();
  }
}
