package io.github.tsdsr.kernels.cpu;

/**
 * The transformations of {@link WinogradConvolution} and {@link WinogradWeightGrad}, of one tile or kernel, many channels side by side; all
 * addresses, distances in bytes.
 */
interface WinogradLoops {
  /** Bytes of a transformed pixel: 4 of F32, 2 of BF16. */
  int factorBytes();

  /**
   * B^T d B.
   *
   * @param row between rows of the 4x4 pixels
   * @param pixel between pixels of a row
   * @param channels a multiple of a vector's floats
   * @param product between the 16 results of a channel
   * @param vectors room for 16 vectors
   */
  void pixels(long from, long row, long pixel, int channels, long to, long product, long vectors);

  /**
   * A^T m A, and what is added.
   *
   * @param product between the 16 products of an output
   * @param outputs a multiple of a vector's floats
   * @param more what is added to the first result, which may be the result itself; 0 for nothing
   * @param rowMore between what is added to one row of the 2x2 results and to the next: 0 for a bias
   * @param pixelMore between what is added to one result of a row and to the next
   * @param row between rows of the results
   * @param pixel between results of a row
   * @param vectors room for 16 vectors
   */
  void results(
      long from, long product, int outputs, long more, long rowMore, long pixelMore, long to, long row, long pixel,
      long vectors);

  /**
   * G g G^T of 3x3 kernels, in F32.
   *
   * @param tap between the 9 weights of a kernel
   * @param count of the kernels, a multiple of a vector's floats
   * @param product between the 16 results of a kernel
   * @param vectors room for 16 vectors
   */
  void kernels(long from, long tap, int count, long to, long product, long vectors);

  /**
   * A dy A^T, in F32.
   *
   * @param row between rows of the 2x2 gradients of results
   * @param pixel between gradients of a row
   * @param outputs a multiple of a vector's floats
   * @param product between the 16 results of an output
   * @param vectors room for 16 vectors
   */
  void gradients(long from, long row, long pixel, int outputs, long to, long product, long vectors);

  /**
   * G^T m G: gradients of 3x3 kernels.
   *
   * @param product between the 16 sums of a channel
   * @param channels a multiple of a vector's floats
   * @param tap between the 9 results of a channel
   * @param vectors room for 16 vectors
   */
  void taps(long from, long product, int channels, long to, long tap, long vectors);
}
