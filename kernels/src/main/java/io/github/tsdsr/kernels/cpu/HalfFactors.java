package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.FLOAT;
import static io.github.tsdsr.kernels.cpu.OffHeap.INT;
import static io.github.tsdsr.kernels.cpu.OffHeap.SHORT;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;

import io.github.tsdsr.kernels.cpu.machinecode.Assembler;
import io.github.tsdsr.kernels.cpu.machinecode.Assembler.Condition;
import io.github.tsdsr.kernels.cpu.machinecode.Label;
import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Numbers;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.MatMul;
import java.util.Map;

/** Factors rounded to BF16, two neighbours in k a step. */
final class HalfFactors implements Factors {
  private static final String ROUND = "rounded rows";
  /** A multiple of it is a whole number of vectors of A and of blocks of B. */
  private static final int UNIT = 32;

  private final MachineCode round;

  HalfFactors(Map<String, MachineCode> functions) {
    round = functions.get(ROUND);
  }

  static void addTo(Program program) {
    program.add(ROUND, HalfFactors::round);
  }

  /** Whether a product's factors lie as these need them: rows of A one number after the other. */
  static boolean take(MatMul op) {
    return op.a().dtype() == DType.F32 && op.a().layout().stride(-1) == 1 && op.k() % UNIT == 0;
  }

  /** Whether a convolution's channels come in whole units. */
  static boolean take(Conv2d op) {
    return op.x().size(3) % UNIT == 0;
  }

  @Override
  public int bytes() {
    return 2;
  }

  @Override
  public boolean inPlace(Matrix a) {
    return false;
  }

  @Override
  public long rowA(int k) {
    return 2L * k;
  }

  @Override
  public long stepA(int rows) {
    return 4;
  }

  @Override
  public void rows(Matrix a, int from, int to, int tileRows, long k0, int k, long at) {
    round.call(a.address() + 4 * (from * a.rowStride() + k0), 4 * a.rowStride(), to - from, k, at, 2L * k);
  }

  @Override
  public void copy(long from, int n, long to) {
    if (n > 0) {
      round.call(from, 0, 1, n, to, 0);
    }
  }

  /** (from, rowFrom, rows, n, to, rowTo), n a multiple of 16. */
  private static void round(Assembler code) {
    Label nextRow = code.here();
    code.mov(R10, RDI);
    code.mov(R11, R8);
    code.mov(RAX, RCX);
    Label next = code.here();
    code.vmovups(0, at(R10, 0));
    code.vcvtneps2bf16(0, 0);
    code.vmovupsHalf(at(R11, 0), 0);
    code.add(R10, VectorCode.BYTES);
    code.add(R11, VectorCode.BYTES / 2);
    code.sub(RAX, VectorCode.LANES);
    code.jump(Condition.NOT_ZERO, next);
    code.add(RDI, RSI);
    code.add(R8, R9);
    code.sub(RDX, 1);
    code.jump(Condition.NOT_ZERO, nextRow);
    code.vzeroupper();
    code.ret();
  }

  @Override
  public void columns(Matrix b, long k0, int k, long from, int width, float factor, long at) {
    boolean pairs = b.dtype() == DType.BF16 && b.rowStride() == 1 && b.columnStride() % 2 == 0 && factor == 1;
    if (pairs) {
      // Two neighbours are moved as if they were one float.
      Matrix floats = new Matrix(b.address(), DType.F32, b.rows() / 2, b.columns(), 1, b.columnStride() / 2);
      Packing.columns(floats, k0 / 2, k / 2, from, width, 1, at);
      return;
    }
    int valid = (int) Math.min(width, b.columns() - from);
    if (valid < width) {
      OffHeap.zero(at, 2L * k * width);
    }
    for (int j = 0; j < valid; j++) {
      for (int i = 0; i < k; i += 2) {
        int low = rounded(b, k0 + i, from + j, factor);
        int high = rounded(b, k0 + i + 1, from + j, factor);
        ALL.set(INT, at + 4L * (i / 2 * (long) width + j), high << 16 | low & 0xffff);
      }
    }
  }

  private static short rounded(Matrix b, long row, long column, float factor) {
    long index = row * b.rowStride() + column * b.columnStride();
    long at = b.address() + index * b.dtype().bytes();
    return Numbers.floatToBf16(factor * switch (b.dtype()) {
      case F32 -> ALL.get(FLOAT, at);
      case BF16 -> Float.intBitsToFloat(ALL.get(SHORT, at) << 16);
      default -> Float.float16ToFloat(ALL.get(SHORT, at));
    });
  }
}
