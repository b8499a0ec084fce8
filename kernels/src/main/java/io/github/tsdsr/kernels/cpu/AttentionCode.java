package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.constant;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RBX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSP;

import io.github.tsdsr.kernels.cpu.machinecode.Assembler;
import io.github.tsdsr.kernels.cpu.machinecode.Assembler.Condition;
import io.github.tsdsr.kernels.cpu.machinecode.Label;
import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import java.util.Map;

/** {@link AttentionLoops} in machine code. */
final class AttentionCode implements AttentionLoops {
  private static final String EXPONENTIALS = "exponentials";
  private static final String DIVIDE = "divided rows";
  private static final String COPY = "copied rows";

  /** Vectors in a row of scores. */
  private static final int VECTORS = Attentions.BLOCK / VectorCode.LANES;

  private final MachineCode exponentials;
  private final MachineCode divide;
  private final MachineCode copy;

  AttentionCode(Map<String, MachineCode> functions) {
    exponentials = functions.get(EXPONENTIALS);
    divide = functions.get(DIVIDE);
    copy = functions.get(COPY);
  }

  static void addTo(Program program) {
    program.add(EXPONENTIALS, AttentionCode::exponentials);
    program.add(DIVIDE, AttentionCode::divide);
    program.add(COPY, AttentionCode::copy);
  }

  @Override
  public void exponentials(long scores, int keys, long maxima, long sums) {
    exponentials.call(scores, keys, maxima, sums, 0, 0);
  }

  @Override
  public void divide(long from, long rowFrom, int rows, int n, long by, long to, long rowTo) {
    divide.call(from, rowFrom, rows, n, by, to, rowTo, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void copy(long from, long rowFrom, int rows, int n, long to, long rowTo) {
    copy.call(from, rowFrom, rows, n, to, rowTo);
  }

  /** (scores, keys, maxima, sums): all vectors of a row side by side, since each waits for its own row before. */
  private static void exponentials(Assembler code) {
    int sum = VECTORS;
    int e = 2 * VECTORS;
    Label begin = new Label();
    VectorCode.constants(code);
    for (int v = 0; v < VECTORS; v++) {
      code.vmovups(v, at(RDI, VectorCode.BYTES * v));
      code.vpxord(sum + v, sum + v, vector(sum + v));
    }
    code.mov(R10, RDI);
    code.mov(RAX, RSI);
    Label greatest = code.here();
    code.sub(RAX, 1);
    code.jump(Condition.ZERO, begin);
    code.add(R10, VectorCode.BYTES * VECTORS);
    for (int v = 0; v < VECTORS; v++) {
      // The second operand where one is no number: what was the greatest before.
      code.vmovups(e, at(R10, VectorCode.BYTES * v));
      code.vmaxps(v, e, vector(v));
    }
    code.jump(Condition.ALWAYS, greatest);
    code.bind(begin);
    Label next = code.here();
    for (int v = 0; v < VECTORS; v++) {
      code.vmovups(e, at(RDI, VectorCode.BYTES * v));
      code.vsubps(e, e, vector(v));
      VectorCode.exp(code, e);
      code.vmovups(at(RDI, VectorCode.BYTES * v), e);
      code.vaddps(sum + v, sum + v, vector(e));
    }
    code.add(RDI, VectorCode.BYTES * VECTORS);
    code.sub(RSI, 1);
    code.jump(Condition.NOT_ZERO, next);
    for (int v = 0; v < VECTORS; v++) {
      code.vmovups(at(RDX, VectorCode.BYTES * v), v);
      code.vmovups(at(RCX, VectorCode.BYTES * v), sum + v);
    }
    code.vzeroupper();
    code.ret();
  }

  /** (from, rowFrom, rows, n, by, to, rowTo). */
  private static void divide(Assembler code) {
    code.push(RBX);
    code.vbroadcastss(3, constant(1f));
    Label next = code.here();
    code.vbroadcastss(1, at(R8, 0));
    code.vdivps(1, 3, vector(1));
    code.mov(R10, RDI);
    code.mov(R11, R9);
    code.mov(RBX, RCX);
    VectorCode.overVectors(code, RBX, mask -> {
      code.vmovups(0, at(R10, 0), mask);
      code.vmulps(0, 0, vector(1));
      code.vmovups(at(R11, 0), 0, mask);
      code.add(R10, VectorCode.BYTES);
      code.add(R11, VectorCode.BYTES);
    });
    code.add(RDI, RSI);
    code.add(R9, at(RSP, 16));
    code.add(R8, Float.BYTES);
    code.sub(RDX, 1);
    code.jump(Condition.NOT_ZERO, next);
    code.vzeroupper();
    code.pop(RBX);
    code.ret();
  }

  /** (from, rowFrom, rows, n, to, rowTo). */
  private static void copy(Assembler code) {
    code.push(RBX);
    Label next = code.here();
    code.mov(R10, RDI);
    code.mov(R11, R8);
    code.mov(RBX, RCX);
    VectorCode.overVectors(code, RBX, mask -> {
      code.vmovups(0, at(R10, 0), mask);
      code.vmovups(at(R11, 0), 0, mask);
      code.add(R10, VectorCode.BYTES);
      code.add(R11, VectorCode.BYTES);
    });
    code.add(RDI, RSI);
    code.add(R8, R9);
    code.sub(RDX, 1);
    code.jump(Condition.NOT_ZERO, next);
    code.vzeroupper();
    code.pop(RBX);
    code.ret();
  }
}
