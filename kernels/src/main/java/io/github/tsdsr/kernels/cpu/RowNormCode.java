package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.constant;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.spread;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R12;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R13;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RBP;
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
import io.github.tsdsr.kernels.cpu.machinecode.Mask;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Memory;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import io.github.tsdsr.kernels.cpu.machinecode.Register;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** {@link RowNormLoops} in machine code. What follows from a row's sums is computed in double, as in Java. */
final class RowNormCode implements RowNormLoops {
  private static final String LAYER = "layer norm";
  private static final String LAYER_MODULATED = "layer norm, modulated";
  private static final String RMS = "RMS norm";
  private static final String RMS_WEIGHTED = "RMS norm, weighted";

  private static final List<Register> KEPT = List.of(RBX, R12, R13);
  /** Registers of double constants: eps, n, 1. */
  private static final int EPS = 20;
  private static final int COUNT = 21;
  private static final int ONE = 22;

  private final MachineCode layer;
  private final MachineCode layerModulated;
  private final MachineCode rms;
  private final MachineCode rmsWeighted;

  RowNormCode(Map<String, MachineCode> functions) {
    layer = functions.get(LAYER);
    layerModulated = functions.get(LAYER_MODULATED);
    rms = functions.get(RMS);
    rmsWeighted = functions.get(RMS_WEIGHTED);
  }

  static void addTo(Program program) {
    program.add(LAYER, a -> layerNorm(a, false));
    program.add(LAYER_MODULATED, a -> layerNorm(a, true));
    program.add(RMS, a -> rmsNorm(a, false));
    program.add(RMS_WEIGHTED, a -> rmsNorm(a, true));
  }

  @Override
  public void layerNorm(
      int rows, int n, long x, long rowX, long scale, long shift, float plus, double eps, long y, long rowY,
      long statistics, long rowStatistics, long stepStatistics) {
    (scale == 0 ? layer : layerModulated).call(
        x, rowX, rows, n, scale, shift, Double.doubleToRawLongBits(eps), Double.doubleToRawLongBits(n), statistics,
        rowStatistics, y, rowY, stepStatistics, Float.floatToRawIntBits(plus), 0, 0);
  }

  @Override
  public void rmsNorm(
      int rows, int n, long x, long rowX, long weight, double eps, long y, long rowY, long statistics,
      long rowStatistics) {
    (weight == 0 ? rms : rmsWeighted).call(
        x, rowX, rows, n, weight, 0, Double.doubleToRawLongBits(eps), Double.doubleToRawLongBits(n), statistics,
        rowStatistics, y, rowY, 0, 0, 0, 0);
  }

  // Arguments of both that come on the stack.
  private static final Memory STATISTICS = argument(2);
  private static final Memory ROW_STATISTICS = argument(3);
  private static final Memory Y = argument(4);
  private static final Memory ROW_Y = argument(5);
  private static final Memory STEP_STATISTICS = argument(6);
  private static final Memory PLUS = argument(7);

  private static Memory argument(int i) {
    return at(RBP, 16 + 8 * i);
  }

  /** (x, rowX, rows, n, scale, shift, eps, n, statistics, rowStatistics, y, rowY, stepStatistics, plus). */
  private static void layerNorm(Assembler code, boolean modulated) {
    overRows(code, () -> {
      code.vpxord(0, 0, vector(0));
      overRow(code, mask -> {
        code.vmovups(1, at(R10, 0), mask);
        code.vaddps(0, 0, vector(1));
      });
      mean(code, 0, 1);
      code.vcvtsd2ss(0, 0);
      code.mov(R11, STATISTICS);
      code.vmovss(at(R11, 0), 0);
      int mean = 2;
      code.vbroadcastss(mean, vector(0));
      // The mean was rounded: what is left of it is taken off again.
      int off = 3;
      code.vpxord(0, 0, vector(0));
      code.vpxord(off, off, vector(off));
      overRow(code, mask -> {
        code.vmovups(1, at(R10, 0), mask);
        code.vsubps(1, 1, vector(mean), mask);
        code.vfmadd231ps(0, 1, vector(1));
        code.vaddps(off, off, vector(1));
      });
      mean(code, off, 1);
      mean(code, 0, 1);
      code.vmulsd(off, off, off);
      code.vsubsd(0, 0, off);
      code.vpxord(1, 1, vector(1));
      code.vmaxsd(0, 1, 0);
      reciprocalRoot(code, 0);
      code.add(R11, STEP_STATISTICS);
      code.vmovss(at(R11, 0), 0);
      int deviation = 3;
      code.vbroadcastss(deviation, vector(0));
      code.mov(R11, Y);
      code.mov(R12, R8);
      code.mov(R13, R9);
      overRow(code, mask -> {
        code.vmovups(0, at(R10, 0), mask);
        code.vsubps(0, 0, vector(mean));
        code.vmulps(0, 0, vector(deviation));
        if (modulated) {
          code.vmovups(1, at(R12, 0), mask);
          code.vaddps(1, 1, spread(PLUS));
          code.vmovups(4, at(R13, 0), mask);
          code.vfmadd213ps(0, 1, vector(4));
          code.add(R12, VectorCode.BYTES);
          code.add(R13, VectorCode.BYTES);
        }
        code.vmovups(at(R11, 0), 0, mask);
        code.add(R11, VectorCode.BYTES);
      });
    });
  }

  /** (x, rowX, rows, n, weight, 0, eps, n, statistics, rowStatistics, y, rowY). */
  private static void rmsNorm(Assembler code, boolean weighted) {
    overRows(code, () -> {
      code.vpxord(0, 0, vector(0));
      overRow(code, mask -> {
        code.vmovups(1, at(R10, 0), mask);
        code.vfmadd231ps(0, 1, vector(1));
      });
      mean(code, 0, 1);
      reciprocalRoot(code, 0);
      code.mov(R11, STATISTICS);
      code.vmovss(at(R11, 0), 0);
      code.vbroadcastss(2, vector(0));
      code.mov(R11, Y);
      code.mov(R12, R8);
      overRow(code, mask -> {
        code.vmovups(0, at(R10, 0), mask);
        code.vmulps(0, 0, vector(2));
        if (weighted) {
          code.vmovups(1, at(R12, 0), mask);
          code.vmulps(0, 0, vector(1));
          code.add(R12, VectorCode.BYTES);
        }
        code.vmovups(at(R11, 0), 0, mask);
        code.add(R11, VectorCode.BYTES);
      });
    });
  }

  /** The frame, and a loop over rows whose addresses it moves on. */
  private static void overRows(Assembler code, Runnable row) {
    code.push(RBP);
    code.mov(RBP, RSP);
    KEPT.forEach(code::push);
    code.vmovsd(EPS, argument(0));
    code.vmovsd(COUNT, argument(1));
    code.vbroadcastss(ONE, constant(1f));
    code.vcvtss2sd(ONE, ONE);
    Label next = code.here();
    row.run();
    code.add(RDI, RSI);
    for (List<Memory> moved : List.of(List.of(STATISTICS, ROW_STATISTICS), List.of(Y, ROW_Y))) {
      code.mov(R11, moved.get(1));
      code.add(moved.get(0), R11);
    }
    code.sub(RDX, 1);
    code.jump(Condition.NOT_ZERO, next);
    code.vzeroupper();
    KEPT.reversed().forEach(code::pop);
    code.pop(RBP);
    code.ret();
  }

  /** A loop over a row of x, whose vectors r10 points to in turn. */
  private static void overRow(Assembler code, Consumer<Mask> body) {
    code.mov(R10, RDI);
    code.mov(RBX, RCX);
    VectorCode.overVectors(code, RBX, mask -> {
      body.accept(mask);
      code.add(R10, VectorCode.BYTES);
    });
  }

  /** v = the sum of its lanes, through n, in double. */
  private static void mean(Assembler code, int v, int spare) {
    VectorCode.sumLanes(code, v, spare);
    code.vcvtss2sd(v, v);
    code.vdivsd(v, v, COUNT);
  }

  /** v = 1 / sqrt(v + eps), rounded to a float in the end. */
  private static void reciprocalRoot(Assembler code, int v) {
    code.vaddsd(v, v, EPS);
    code.vsqrtsd(v, v);
    code.vdivsd(v, ONE, v);
    code.vcvtsd2ss(v, v);
  }
}
