package io.github.tsdsr.kernels.cpu;

/**
 * How the factors of a matrix product lie before a tile kernel. A step of the kernel takes four bytes of each row of A and of each
 * column of B.
 */
interface Factors {
  /** Bytes of an element. */
  int bytes();

  /** Steps of a run of k elements. */
  default int steps(int k) {
    return k * bytes() / 4;
  }

  /** Whether the kernel reads A where it lies. */
  boolean inPlace(Matrix a);

  /** Bytes between neighbouring rows of packed A. */
  long rowA(int k);

  /** Bytes between the steps of packed A, in a tile of so many rows. */
  long stepA(int rows);

  /**
   * Rows {@code from} to {@code to} and columns {@code k0} to {@code k0 + k} of A, packed for tiles of so many rows, one tile after the
   * other.
   */
  void rows(Matrix a, int from, int to, int tileRows, long k0, int k, long at);

  /** Neighbouring numbers, one after the other: a run of A for a kernel that reads it in place. */
  void copy(long from, int n, long to);

  /**
   * A panel of B: columns {@code from} to {@code from + width} of rows {@code k0} to {@code k0 + k}, times a factor: step after step,
   * zeros beyond the last column.
   */
  void columns(Matrix b, long k0, int k, long from, int width, float factor, long at);
}
