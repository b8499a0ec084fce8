package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
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

/** {@link GroupNormLoops} in machine code: a vector of channels after the other, each over all pixels. */
final class GroupNormCode implements GroupNormLoops {
  private static final String SUMS = "group norm sums";
  private static final String SQUARES = "group norm squares";
  private static final String NORMALISE = "group norm";
  private static final String NORMALISE_SILU = "group norm, silu";

  private final MachineCode sums;
  private final MachineCode squares;
  private final MachineCode normalise;
  private final MachineCode normaliseSilu;

  GroupNormCode(Map<String, MachineCode> functions) {
    sums = functions.get(SUMS);
    squares = functions.get(SQUARES);
    normalise = functions.get(NORMALISE);
    normaliseSilu = functions.get(NORMALISE_SILU);
  }

  static void addTo(Program program) {
    program.add(SUMS, GroupNormCode::sums);
    program.add(SQUARES, GroupNormCode::squares);
    program.add(NORMALISE, a -> normalise(a, false));
    program.add(NORMALISE_SILU, a -> normalise(a, true));
  }

  @Override
  public void channelSums(long x, int pixels, int channels, long to) {
    sums.call(x, pixels, channels, to, 0, 0);
  }

  @Override
  public void squareSums(long x, int pixels, int channels, long means, long to) {
    squares.call(x, pixels, channels, to, means, 0);
  }

  @Override
  public void normalise(
      long x, int pixels, int channels, long means, long scales, long bias, boolean silu, long y) {
    (silu ? normaliseSilu : normalise)
        .call(x, pixels, channels, means, scales, bias, y, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** (x, pixels, channels, sums). */
  private static void sums(Assembler code) {
    code.lea(R11, at(RDX, RDX, 1, 0));
    code.add(R11, R11);
    VectorCode.overVectors(code, RDX, mask -> {
      code.vpxord(0, 0, vector(0));
      code.mov(R10, RDI);
      code.mov(RAX, RSI);
      Label next = code.here();
      code.vaddps(0, 0, at(R10, 0), mask);
      code.add(R10, R11);
      code.sub(RAX, 1);
      code.jump(Condition.NOT_ZERO, next);
      code.vmovups(at(RCX, 0), 0, mask);
      code.add(RDI, VectorCode.BYTES);
      code.add(RCX, VectorCode.BYTES);
    });
    code.vzeroupper();
    code.ret();
  }

  /** (x, pixels, channels, sums, means). */
  private static void squares(Assembler code) {
    code.lea(R11, at(RDX, RDX, 1, 0));
    code.add(R11, R11);
    VectorCode.overVectors(code, RDX, mask -> {
      code.vpxord(0, 0, vector(0));
      code.vmovups(1, at(R8, 0), mask);
      code.mov(R10, RDI);
      code.mov(RAX, RSI);
      Label next = code.here();
      code.vmovups(2, at(R10, 0), mask);
      code.vsubps(2, 2, vector(1));
      code.vfmadd231ps(0, 2, vector(2));
      code.add(R10, R11);
      code.sub(RAX, 1);
      code.jump(Condition.NOT_ZERO, next);
      code.vmovups(at(RCX, 0), 0, mask);
      code.add(RDI, VectorCode.BYTES);
      code.add(RCX, VectorCode.BYTES);
      code.add(R8, VectorCode.BYTES);
    });
    code.vzeroupper();
    code.ret();
  }

  /** (x, pixels, channels, means, scales, bias, y). */
  private static void normalise(Assembler code, boolean silu) {
    code.mov(R10, at(RSP, 8));
    code.push(RBX);
    code.lea(R11, at(RDX, RDX, 1, 0));
    code.add(R11, R11);
    if (silu) {
      VectorCode.constants(code);
    }
    VectorCode.overVectors(code, RDX, mask -> {
      code.vmovups(1, at(RCX, 0), mask);
      code.vmovups(2, at(R8, 0), mask);
      code.vmovups(3, at(R9, 0), mask);
      code.mov(RBX, 0);
      code.mov(RAX, RSI);
      Label next = code.here();
      code.vmovups(0, at(RDI, RBX, 1, 0), mask);
      code.vsubps(0, 0, vector(1));
      code.vfmadd213ps(0, 2, vector(3));
      if (silu) {
        VectorCode.silu(code, 0);
      }
      code.vmovups(at(R10, RBX, 1, 0), 0, mask);
      code.add(RBX, R11);
      code.sub(RAX, 1);
      code.jump(Condition.NOT_ZERO, next);
      code.add(RDI, VectorCode.BYTES);
      code.add(RCX, VectorCode.BYTES);
      code.add(R8, VectorCode.BYTES);
      code.add(R9, VectorCode.BYTES);
      code.add(R10, VectorCode.BYTES);
    });
    code.vzeroupper();
    code.pop(RBX);
    code.ret();
  }
}
