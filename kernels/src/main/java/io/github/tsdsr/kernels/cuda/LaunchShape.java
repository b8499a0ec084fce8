package io.github.tsdsr.kernels.cuda;

/**
 * How many threads a kernel runs in: a grid of blocks of threads, x fastest.
 *
 * @param sharedBytes dynamic shared memory of a block
 */
public record LaunchShape(int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes) {
  /** The most threads in a block, on every device. */
  public static final int MAX_BLOCK = 1024;
  /** The most blocks along y and z, on every device; along x there may be any number. */
  public static final int MAX_GRID_YZ = 65535;

  /**
   * @throws IllegalArgumentException if no device could run it
   */
  public LaunchShape {
    if (gridX < 1 || gridY < 1 || gridZ < 1 || gridY > MAX_GRID_YZ || gridZ > MAX_GRID_YZ) {
      throw new IllegalArgumentException(
          "a grid of " + gridX + "x" + gridY + "x" + gridZ + " blocks, expected at least 1 along each axis and at most "
              + MAX_GRID_YZ + " along y and z");
    }
    if (blockX < 1 || blockY < 1 || blockZ < 1 || (long) blockX * blockY * blockZ > MAX_BLOCK || blockZ > 64) {
      throw new IllegalArgumentException(
          "a block of " + blockX + "x" + blockY + "x" + blockZ + " threads, expected 1 to " + MAX_BLOCK
              + " and at most 64 along z");
    }
    if (sharedBytes < 0) {
      throw new IllegalArgumentException(sharedBytes + " bytes of shared memory");
    }
  }

  /** Blocks in the grid. */
  public long blocks() {
    return (long) gridX * gridY * gridZ;
  }

  /** Threads in a block. */
  public int threads() {
    return blockX * blockY * blockZ;
  }
}
