package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;
import io.github.tsdsr.kernels.cpu.machinecode.Processor;
import io.github.tsdsr.kernels.cpu.machinecode.Program;
import java.util.Map;
import java.util.Optional;

/** The kernels in machine code: written and loaded when first asked for, once a process. */
final class MachineKernels {
  /** 16 floats. */
  private static final int LANES = 16;
  private static final Optional<MachineKernels> LOADED = load();

  private final Map<String, MachineCode> functions;

  private MachineKernels(Map<String, MachineCode> functions) {
    this.functions = functions;
  }

  /**
   * They exist on processors with AVX-512 under Linux, where native access is enabled, and where HotSpot too takes vectors of that
   * length to be the best: on some processors they slow the clock, and flags may rule them out.
   */
  static Optional<MachineKernels> find() {
    return LOADED;
  }

  private static Optional<MachineKernels> load() {
    if (!MachineCode.isAllowed() || VectorModule.present() && Lanes.COUNT != LANES) {
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
      return Optional.of(new MachineKernels(program.load()));
    } catch (UnsupportedOperationException e) {
      System.getLogger("io.github.tsdsr").log(System.Logger.Level.DEBUG, "no machine code: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** The tile of so many rows and vectors. */
  TileKernel tile(int rows, int vectors) {
    return new MachineTile(rows, LANES * vectors, functions.get("tile " + rows + "x" + vectors));
  }
}
