package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Processor;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import java.util.Map;
import java.util.Optional;

/** The kernels in machine code: written and loaded when first asked for, once a process. */
final class MachineKernels {
  private static final Optional<MachineKernels> LOADED = load();

  private final Map<String, MachineCode> functions;
  private final AttentionCode attention;
  private final GroupNormCode groupNorm;
  private final RowNormCode rowNorm;
  private final WinogradCode winograd;
  private final boolean bf16;
  private final ElementwiseCode elementwise;

  private MachineKernels(Map<String, MachineCode> functions, boolean bf16) {
    this.functions = functions;
    this.bf16 = bf16;
    attention = new AttentionCode(functions);
    groupNorm = new GroupNormCode(functions);
    rowNorm = new RowNormCode(functions);
    winograd = new WinogradCode(functions, ProductPrecision.F32);
    elementwise = new ElementwiseCode(functions);
  }

  /**
   * They exist on processors with AVX-512 under Linux, where native access is enabled, and where HotSpot too takes vectors of that
   * length to be the best: on some processors they slow the clock, and flags may rule them out.
   */
  static Optional<MachineKernels> find() {
    return LOADED;
  }

  private static Optional<MachineKernels> load() {
    if (!MachineCode.isAllowed() || VectorModule.present() && Lanes.COUNT != VectorCode.LANES) {
      return Optional.empty();
    }
    try {
      Processor processor = Processor.detect();
      if (!processor.avx512()) {
        return Optional.empty();
      }
      Program program = new Program();
      tiles(program, ProductPrecision.F32);
      AttentionCode.addTo(program);
      GroupNormCode.addTo(program);
      RowNormCode.addTo(program);
      WinogradCode.addTo(program, processor.bf16());
      ElementwiseCode.addTo(program);
      if (processor.bf16()) {
        tiles(program, ProductPrecision.BF16);
        HalfFactors.addTo(program);
      }
      return Optional.of(new MachineKernels(program.load(), processor.bf16()));
    } catch (UnsupportedOperationException e) {
      System.getLogger("io.github.tsdsr").log(System.Logger.Level.DEBUG, "no machine code: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void tiles(Program program, ProductPrecision precision) {
    for (int[] shape : new int[][] {{6, 3}, {8, 2}, {12, 1}}) {
      program.add(name(shape[0], shape[1], precision), a -> TileCode.write(a, shape[0], shape[1], precision));
    }
  }

  private static String name(int rows, int vectors, ProductPrecision precision) {
    return "tile " + rows + "x" + vectors + " " + precision;
  }

  /** The tile of so many rows and vectors. */
  TileKernel tile(int rows, int vectors, ProductPrecision precision) {
    return new MachineTile(rows, VectorCode.LANES * vectors, functions.get(name(rows, vectors, precision)));
  }

  /** Whether there are kernels for factors in BF16. */
  boolean bf16() {
    return bf16;
  }

  /** How such factors are prepared. */
  HalfFactors halfFactors() {
    return new HalfFactors(functions);
  }

  /** The transformations for such factors. */
  WinogradCode halfWinograd() {
    return new WinogradCode(functions, ProductPrecision.BF16);
  }

  AttentionCode attention() {
    return attention;
  }

  GroupNormCode groupNorm() {
    return groupNorm;
  }

  RowNormCode rowNorm() {
    return rowNorm;
  }

  WinogradCode winograd() {
    return winograd;
  }

  ElementwiseCode elementwise() {
    return elementwise;
  }
}
