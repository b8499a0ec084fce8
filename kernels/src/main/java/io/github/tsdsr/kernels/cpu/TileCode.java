package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.spread;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R12;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R13;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R14;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R15;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
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
import io.github.tsdsr.kernels.cpu.machinecode.Mask;
import io.github.tsdsr.kernels.cpu.machinecode.Operand;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Memory;
import io.github.tsdsr.kernels.cpu.machinecode.Register;
import java.util.List;

/**
 * Machine code of {@link TileKernel#run} for a shape: (segments, segmentA, segmentB, k, a, rowA, stepA, tileA, b, stepB, height,
 * columns, more, rowMore, c, rowC). The sums lie in the first {@code rows * vectors} registers, B's row of a step in the next
 * ones. What lies beyond the last row or column is computed and not stored.
 */
final class TileCode {
  private static final int LANES = 16;
  private static final int VECTOR_BYTES = 64;
  private static final int REGISTERS = 32;
  /** Addresses in A: every third row has one, the rows between are reached by one and two distances from it. */
  private static final List<Register> ROWS = List.of(RAX, RBX, R10, R11);
  private static final int ROWS_A_REGISTER = 3;
  /** What the caller wants back. */
  private static final List<Register> KEPT = List.of(RBX, R12, R13, R14, R15);

  private static final Memory STEP_A = argument(0);
  private static final Memory TILE_A = argument(1);
  private static final Memory B = argument(2);
  private static final Memory STEP_B = argument(3);
  private static final Memory HEIGHT = argument(4);
  private static final Memory COLUMNS = argument(5);
  private static final Memory MORE = argument(6);
  private static final Memory ROW_MORE = argument(7);
  private static final Memory C = argument(8);
  private static final Memory ROW_C = argument(9);
  private static final Memory SEGMENT_A = variable(0);
  private static final Memory SEGMENT_B = variable(1);
  private static final Memory SEGMENTS_LEFT = variable(2);
  private static final int VARIABLE_BYTES = 24;

  private final Assembler code;
  private final int rows;
  private final int vectors;
  private final ProductPrecision precision;

  private TileCode(Assembler code, int rows, int vectors, ProductPrecision precision) {
    this.code = code;
    this.rows = rows;
    this.vectors = vectors;
    this.precision = precision;
  }

  /** The i-th of the arguments that come on the stack, above the kept frame and the return address. */
  private static Memory argument(int i) {
    return at(RBP, 16 + 8 * i);
  }

  /** A place of our own, below the kept registers. */
  private static Memory variable(int i) {
    return at(RBP, -8 * (KEPT.size() + 1 + i));
  }

  /**
   * Writes the function.
   *
   * @param rows of a tile, at most 12
   * @param vectors of 16 columns, at most 4
   * @param precision of the factors: a step is one float of each row and column, or two neighbours in BF16
   */
  static void write(Assembler code, int rows, int vectors, ProductPrecision precision) {
    if (rows * vectors + vectors + 1 > REGISTERS || rows > ROWS.size() * ROWS_A_REGISTER) {
      throw new IllegalArgumentException("a tile of " + rows + " by " + vectors + " vectors does not fit");
    }
    new TileCode(code, rows, vectors, precision).write();
  }

  private void write() {
    code.push(RBP);
    code.mov(RBP, RSP);
    KEPT.forEach(code::push);
    code.sub(RSP, VARIABLE_BYTES);
    masks();
    Label nextTile = code.here();
    Label store = new Label();
    sums(store);
    code.bind(store);
    Label done = new Label();
    Label stored = new Label();
    store(stored);
    code.bind(stored);
    code.mov(RAX, HEIGHT);
    code.sub(RAX, rows);
    code.jump(Condition.NOT_GREATER, done);
    code.mov(HEIGHT, RAX);
    code.add(R8, TILE_A);
    code.jump(Condition.ALWAYS, nextTile);
    code.bind(done);
    code.vzeroupper();
    code.add(RSP, VARIABLE_BYTES);
    KEPT.reversed().forEach(code::pop);
    code.pop(RBP);
    code.ret();
  }

  /** A mask for each vector of columns. */
  private void masks() {
    code.mov(R10, COLUMNS);
    code.mov(RAX, -1);
    code.bzhi(RAX, RAX, R10);
    for (int v = 0; v < vectors; v++) {
      code.kmovw(mask(v), RAX);
      code.shr(RAX, LANES);
    }
  }

  private static Mask mask(int v) {
    return Mask.values()[Mask.K1.ordinal() + v];
  }

  private int sum(int row, int v) {
    return row * vectors + v;
  }

  /** All sums of the tile whose rows begin at r8. */
  private void sums(Label store) {
    for (int i = 0; i < rows * vectors; i++) {
      code.vpxord(i, i, vector(i));
    }
    code.cmp(RCX, 0);
    code.jump(Condition.NOT_GREATER, store);
    code.cmp(RDI, 0);
    code.jump(Condition.NOT_GREATER, store);
    code.mov(SEGMENT_A, R8);
    code.mov(R13, B);
    code.mov(SEGMENT_B, R13);
    code.mov(SEGMENTS_LEFT, RDI);
    code.mov(R12, STEP_A);
    code.mov(R14, STEP_B);
    Label nextSegment = code.here();
    int groups = Math.ceilDiv(rows, ROWS_A_REGISTER);
    code.mov(ROWS.get(0), SEGMENT_A);
    for (int g = 1; g < groups; g++) {
      code.lea(ROWS.get(g), at(ROWS.get(g - 1), R9, 2, 0));
      code.add(ROWS.get(g), R9);
    }
    code.mov(R13, SEGMENT_B);
    code.mov(R15, RCX);
    code.align();
    Label nextStep = code.here();
    step();
    for (int g = 0; g < groups; g++) {
      code.add(ROWS.get(g), R12);
    }
    code.add(R13, R14);
    code.sub(R15, 1);
    code.jump(Condition.NOT_ZERO, nextStep);
    code.add(SEGMENT_A, RSI);
    code.add(SEGMENT_B, RDX);
    code.mov(RAX, SEGMENTS_LEFT);
    code.sub(RAX, 1);
    code.mov(SEGMENTS_LEFT, RAX);
    code.jump(Condition.NOT_ZERO, nextSegment);
  }

  /** One step: a column of A times a row of B. */
  private void step() {
    int firstB = rows * vectors;
    int firstA = firstB + vectors;
    for (int v = 0; v < vectors; v++) {
      code.vmovups(firstB + v, at(R13, VECTOR_BYTES * v));
    }
    for (int row = 0; row < rows; row++) {
      Register base = ROWS.get(row / ROWS_A_REGISTER);
      int times = row % ROWS_A_REGISTER;
      Memory element = times == 0 ? at(base, 0) : at(base, R9, times, 0);
      if (vectors == 1) {
        multiply(row, firstB, spread(element));
        continue;
      }
      int a = firstA + row % (REGISTERS - firstA);
      code.vbroadcastss(a, element);
      for (int v = 0; v < vectors; v++) {
        multiply(sum(row, v), a, vector(firstB + v));
      }
    }
  }

  private void multiply(int sum, int a, Operand b) {
    switch (precision) {
      case F32 -> code.vfmadd231ps(sum, a, b);
      case BF16 -> code.vdpbf16ps(sum, a, b);
    }
  }

  /** Stores as many rows as are left, with what is added to them; leaves the next tile's addresses behind. */
  private void store(Label stored) {
    Label plain = new Label();
    code.mov(RAX, HEIGHT);
    code.mov(R10, C);
    code.mov(R11, ROW_C);
    code.mov(RBX, MORE);
    code.mov(R13, ROW_MORE);
    code.cmp(RBX, 0);
    code.jump(Condition.ZERO, plain);
    rows(stored, true);
    code.mov(MORE, RBX);
    code.jump(Condition.ALWAYS, stored);
    code.bind(plain);
    rows(stored, false);
  }

  private void rows(Label stored, boolean more) {
    for (int row = 0; row < rows; row++) {
      for (int v = 0; v < vectors; v++) {
        if (more) {
          code.vaddps(sum(row, v), sum(row, v), at(RBX, VECTOR_BYTES * v), mask(v));
        }
        code.vmovups(at(R10, VECTOR_BYTES * v), sum(row, v), mask(v));
      }
      code.add(R10, R11);
      if (more) {
        code.add(RBX, R13);
      }
      if (row < rows - 1) {
        code.sub(RAX, 1);
        code.jump(Condition.ZERO, stored);
      }
    }
    code.mov(C, R10);
  }
}
