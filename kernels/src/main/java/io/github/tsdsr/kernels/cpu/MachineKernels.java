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
  private final ElementwiseCode elementwise;

  private MachineKernels(Map<String, MachineCode> functions) {
    this.functions = functions;
    attention = new AttentionCode(functions);
    groupNorm = new GroupNormCode(functions);
    rowNorm = new RowNormCode(functions);
    winograd = new WinogradCode(functions);
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
      if (!Processor.detect().avx512()) {
        return Optional.empty();
      }
      Program program = new Program();
      program.add("tile 6x3", a -> TileCode.write(a, 6, 3));
      program.add("tile 8x2", a -> TileCode.write(a, 8, 2));
      program.add("tile 12x1", a -> TileCode.write(a, 12, 1));
      AttentionCode.addTo(program);
      GroupNormCode.addTo(program);
      RowNormCode.addTo(program);
      WinogradCode.addTo(program);
      ElementwiseCode.addTo(program);
      return Optional.of(new MachineKernels(program.load()));
    } catch (UnsupportedOperationException e) {
      System.getLogger("io.github.tsdsr").log(System.Logger.Level.DEBUG, "no machine code: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** The tile of so many rows and vectors. */
  TileKernel tile(int rows, int vectors) {
    return new MachineTile(rows, VectorCode.LANES * vectors, functions.get("tile " + rows + "x" + vectors));
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
