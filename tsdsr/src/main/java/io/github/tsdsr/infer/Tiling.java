package io.github.tsdsr.infer;

/**
 * How large the pieces are in which a picture goes through the networks.
 *
 * @param latent side of a transformer tile, in latent pixels
 * @param overlap least overlap of transformer tiles, in latent pixels
 * @param encoder side of an encoder tile without its margin, in picture pixels; 0 for as large as memory allows (published
 *     rule: for its own size)
 * @param decoder side of a decoder tile without its margin, in latent pixels; 0 likewise
 */
public record Tiling(int latent, int overlap, int encoder, int decoder) {
  private static final int PUBLISHED_ENCODER = 1024;
  private static final int PUBLISHED_DECODER = 224;

  public Tiling {
    if (latent < 1 || overlap < 0 || encoder < 0 || decoder < 0) {
      throw new IllegalArgumentException(
          "tiles have positive sides, and an overlap that is not negative, got " + latent + ", " + overlap + ", "
              + encoder + ", " + decoder);
    }
  }

  /** The published program's: 64 with 8 for the transformer, 1024 and 224 for the autoencoder. */
  public static Tiling published() {
    return new Tiling(64, 8, PUBLISHED_ENCODER, PUBLISHED_DECODER);
  }

  /** The published program's for the transformer, the autoencoder's as memory allows. */
  public static Tiling byMemory() {
    return new Tiling(64, 8, 0, 0);
  }

  /**
   * Transformer tiles of another side, in latent pixels.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Tiling withLatent(int side) {
    return new Tiling(side, overlap, encoder, decoder);
  }

  /**
   * Another least overlap of transformer tiles, in latent pixels.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Tiling withOverlap(int pixels) {
    return new Tiling(latent, pixels, encoder, decoder);
  }

  /**
   * Encoder tiles of another side, in picture pixels; 0 for as large as memory allows.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Tiling withEncoder(int side) {
    return new Tiling(latent, overlap, side, decoder);
  }

  /**
   * Decoder tiles of another side, in latent pixels; 0 for as large as memory allows.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Tiling withDecoder(int side) {
    return new Tiling(latent, overlap, encoder, side);
  }

  /** The published program's autoencoder tiles where none are stated. */
  Tiling forPublishedRule() {
    return new Tiling(
        latent, overlap, encoder == 0 ? PUBLISHED_ENCODER : encoder, decoder == 0 ? PUBLISHED_DECODER : decoder);
  }
}
