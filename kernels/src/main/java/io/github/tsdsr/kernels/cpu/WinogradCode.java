package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.constant;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSP;

import io.github.tsdsr.kernels.cpu.machinecode.Assembler;
import io.github.tsdsr.kernels.cpu.machinecode.Assembler.Condition;
import io.github.tsdsr.kernels.cpu.machinecode.Label;
import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Memory;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import io.github.tsdsr.kernels.cpu.machinecode.Register;
import java.util.List;
import java.util.Map;

/** {@link WinogradLoops} in machine code: a vector of channels at a time, all 16 of its pixels or products in registers. */
final class WinogradCode implements WinogradLoops {
  private static final String PIXELS = "winograd pixels";
  private static final String PIXELS_BF16 = "winograd pixels, BF16";
  private static final String RESULTS = "winograd results";
  private static final String RESULTS_MORE = "winograd results, more";

  private static final String KERNELS = "winograd kernels";
  private static final String GRADIENTS = "winograd gradients";
  private static final String TAPS = "winograd taps";

  private static final int SPARE = 16;
  private static final int ZERO = 31;

  private final ProductPrecision precision;
  private final MachineCode pixels;
  private final MachineCode results;
  private final MachineCode resultsAndMore;
  private final MachineCode kernels;
  private final MachineCode gradients;
  private final MachineCode taps;

  /**
   * @param precision of the transformed pixels
   */
  WinogradCode(Map<String, MachineCode> functions, ProductPrecision precision) {
    this.precision = precision;
    pixels = functions.get(precision == ProductPrecision.BF16 ? PIXELS_BF16 : PIXELS);
    results = functions.get(RESULTS);
    resultsAndMore = functions.get(RESULTS_MORE);
    kernels = functions.get(KERNELS);
    gradients = functions.get(GRADIENTS);
    taps = functions.get(TAPS);
  }

  static void addTo(Program program, boolean bf16) {
    program.add(PIXELS, a -> pixels(a, ProductPrecision.F32));
    if (bf16) {
      program.add(PIXELS_BF16, a -> pixels(a, ProductPrecision.BF16));
    }
    program.add(RESULTS, a -> results(a, false));
    program.add(RESULTS_MORE, a -> results(a, true));
    program.add(KERNELS, WinogradCode::kernels);
    program.add(GRADIENTS, WinogradCode::gradients);
    program.add(TAPS, WinogradCode::taps);
  }

  @Override
  public int factorBytes() {
    return precision == ProductPrecision.BF16 ? 2 : 4;
  }

  @Override
  public void pixels(long from, long row, long pixel, int channels, long to, long product, long vectors) {
    pixels.call(from, row, pixel, channels, to, product);
  }

  @Override
  public void results(
      long from, long product, int outputs, long more, long rowMore, long pixelMore, long to, long row, long pixel,
      long vectors) {
    (more == 0 ? results : resultsAndMore)
        .call(from, product, outputs, more, rowMore, pixelMore, to, row, pixel, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void kernels(long from, long tap, int count, long to, long product, long vectors) {
    kernels.call(from, tap, count, to, product, 0);
  }

  @Override
  public void gradients(long from, long row, long pixel, int outputs, long to, long product, long vectors) {
    gradients.call(from, row, pixel, outputs, to, product);
  }

  @Override
  public void taps(long from, long product, int channels, long to, long tap, long vectors) {
    taps.call(from, product, channels, to, tap, 0);
  }

  /** (from, row, pixel, channels, to, product). */
  private static void pixels(Assembler code, ProductPrecision precision) {
    code.lea(R11, at(RDX, RDX, 2, 0));
    Label next = code.here();
    code.mov(R10, RDI);
    for (int i = 0; i < 4; i++) {
      List<Memory> row = List.of(at(R10, 0), at(R10, RDX, 1, 0), at(R10, RDX, 2, 0), at(R10, R11, 1, 0));
      for (int j = 0; j < 4; j++) {
        code.vmovups(4 * i + j, row.get(j));
      }
      code.add(R10, RSI);
    }
    for (int j = 0; j < 4; j++) {
      spread(code, j, 4);
    }
    code.mov(RAX, R8);
    for (int i = 0; i < 4; i++) {
      spread(code, 4 * i, 1);
      for (int j = 0; j < 4; j++) {
        if (precision == ProductPrecision.BF16) {
          code.vcvtneps2bf16(SPARE, 4 * i + j);
          code.vmovupsHalf(at(RAX, 0), SPARE);
        } else {
          code.vmovups(at(RAX, 0), 4 * i + j);
        }
        code.add(RAX, R9);
      }
    }
    code.add(RDI, VectorCode.BYTES);
    code.add(R8, precision == ProductPrecision.BF16 ? VectorCode.BYTES / 2 : VectorCode.BYTES);
    code.sub(RCX, VectorCode.LANES);
    code.jump(Condition.NOT_ZERO, next);
    code.vzeroupper();
    code.ret();
  }

  /** Four registers, some numbers apart, times B^T. */
  private static void spread(Assembler code, int first, int apart) {
    int second = first + apart;
    int third = second + apart;
    int fourth = third + apart;
    code.vsubps(first, first, vector(third));
    code.vsubps(fourth, second, vector(fourth));
    code.vaddps(SPARE, second, vector(third));
    code.vsubps(third, third, vector(second));
    code.vmovaps(second, SPARE);
  }

  /** (from, product, outputs, more, rowMore, pixelMore, to, row, pixel). */
  private static void results(Assembler code, boolean more) {
    code.mov(R10, at(RSP, 8));
    code.mov(R11, at(RSP, 24));
    Label next = code.here();
    load(code);
    for (int j = 0; j < 4; j++) {
      gather(code, j, 4);
    }
    code.mov(RAX, R10);
    for (int i = 0; i < 2; i++) {
      gather(code, 4 * i, 1);
      if (more) {
        code.vaddps(4 * i, 4 * i, at(RCX, 0));
        code.vaddps(4 * i + 1, 4 * i + 1, at(RCX, R9, 1, 0));
        code.add(RCX, R8);
      }
      code.vmovups(at(RAX, 0), 4 * i);
      code.vmovups(at(RAX, R11, 1, 0), 4 * i + 1);
      code.add(RAX, at(RSP, 16));
    }
    if (more) {
      code.sub(RCX, R8);
      code.sub(RCX, R8);
      code.add(RCX, VectorCode.BYTES);
    }
    nextChannels(code, next, R10, RDX);
  }

  /** Four registers, some numbers apart, times A^T into the first two. */
  private static void gather(Assembler code, int first, int apart) {
    int second = first + apart;
    int third = second + apart;
    int fourth = third + apart;
    code.vaddps(first, first, vector(second));
    code.vaddps(first, first, vector(third));
    code.vsubps(second, second, vector(third));
    code.vsubps(second, second, vector(fourth));
  }

  /** (from, tap, count, to, product). */
  private static void kernels(Assembler code) {
    Label next = code.here();
    // To rows and columns 0, 1 and 3 of the square that they are widened to.
    code.mov(RAX, RDI);
    for (int i : new int[] {0, 1, 3}) {
      for (int j : new int[] {0, 1, 3}) {
        code.vmovups(4 * i + j, at(RAX, 0));
        code.add(RAX, RSI);
      }
    }
    for (int j : new int[] {0, 1, 3}) {
      widen(code, j, 4);
    }
    code.mov(RAX, RCX);
    for (int i = 0; i < 4; i++) {
      widen(code, 4 * i, 1);
      for (int j = 0; j < 4; j++) {
        code.vmovups(at(RAX, 0), 4 * i + j);
        code.add(RAX, R8);
      }
    }
    nextChannels(code, next, RCX, RDX);
  }

  /** The first, second and last of four registers, some numbers apart, times G into all of them. */
  private static void widen(Assembler code, int first, int apart) {
    int second = first + apart;
    int third = second + apart;
    int fourth = third + apart;
    code.vaddps(SPARE, first, vector(fourth));
    code.vmulps(SPARE, SPARE, constant(0.5f));
    code.vmulps(second, second, constant(0.5f));
    code.vsubps(third, SPARE, vector(second));
    code.vaddps(second, SPARE, vector(second));
  }

  /** (from, row, pixel, outputs, to, product). */
  private static void gradients(Assembler code) {
    code.vpxord(ZERO, ZERO, vector(ZERO));
    Label next = code.here();
    // To the corners of the square that they are spread to.
    code.vmovups(0, at(RDI, 0));
    code.vmovups(3, at(RDI, RDX, 1, 0));
    code.lea(R10, at(RDI, RSI, 1, 0));
    code.vmovups(12, at(R10, 0));
    code.vmovups(15, at(R10, RDX, 1, 0));
    spreadPair(code, 0, 4);
    spreadPair(code, 3, 4);
    code.mov(RAX, R8);
    for (int i = 0; i < 4; i++) {
      spreadPair(code, 4 * i, 1);
      for (int j = 0; j < 4; j++) {
        code.vmovups(at(RAX, 0), 4 * i + j);
        code.add(RAX, R9);
      }
    }
    nextChannels(code, next, R8, RCX);
  }

  /** The first and the last of four registers, some numbers apart, times A into all of them. */
  private static void spreadPair(Assembler code, int first, int apart) {
    int last = first + 3 * apart;
    code.vaddps(first + apart, first, vector(last));
    code.vsubps(first + 2 * apart, first, vector(last));
    code.vsubps(last, ZERO, vector(last));
  }

  /** (from, product, channels, to, tap). */
  private static void taps(Assembler code) {
    Label next = code.here();
    load(code);
    for (int j = 0; j < 4; j++) {
      fold(code, j, 4);
    }
    code.mov(RAX, RCX);
    for (int i = 0; i < 3; i++) {
      fold(code, 4 * i, 1);
      for (int j = 0; j < 3; j++) {
        code.vmovups(at(RAX, 0), 4 * i + j);
        code.add(RAX, R8);
      }
    }
    nextChannels(code, next, RCX, RDX);
  }

  /** Four registers, some numbers apart, times G^T into the first three. */
  private static void fold(Assembler code, int first, int apart) {
    int second = first + apart;
    int third = second + apart;
    int fourth = third + apart;
    code.vaddps(SPARE, second, vector(third));
    code.vmulps(SPARE, SPARE, constant(0.5f));
    code.vsubps(second, second, vector(third));
    code.vmulps(second, second, constant(0.5f));
    code.vaddps(first, first, vector(SPARE));
    code.vaddps(third, fourth, vector(SPARE));
  }

  /** On to the channels of the next vector, from rdi to another register, and back to the loop's begin; returns after the last. */
  private static void nextChannels(Assembler code, Label loop, Register to, Register count) {
    code.add(RDI, VectorCode.BYTES);
    code.add(to, VectorCode.BYTES);
    code.sub(count, VectorCode.LANES);
    code.jump(Condition.NOT_ZERO, loop);
    code.vzeroupper();
    code.ret();
  }

  /** The 16 vectors that lie at rdi, rsi bytes apart. */
  private static void load(Assembler code) {
    code.mov(RAX, RDI);
    for (int i = 0; i < 16; i++) {
      code.vmovups(i, at(RAX, 0));
      code.add(RAX, RSI);
    }
  }
}
