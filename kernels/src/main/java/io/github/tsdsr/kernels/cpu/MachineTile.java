package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.kernels.cpu.machinecode.MachineCode;

/**
 * A tile in machine code: the same sums to the last bit as a {@link JavaTile}'s, at full speed from the first call. It needs no room
 * for a tile.
 */
record MachineTile(int rows, int columns, MachineCode code) implements TileKernel {
  @Override
  public void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long tileA, long b, long stepB,
      int height, int columns, long more, long rowMore, long c, long rowC, long tile) {
    if (height > 0) {
      code.call(
          segments, segmentA, segmentB, k, a, rowA, stepA, tileA, b, stepB, height, columns, more, rowMore, c, rowC);
    }
  }
}
