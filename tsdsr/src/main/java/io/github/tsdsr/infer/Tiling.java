package io.github.tsdsr.infer;

/**
 * How large the pieces are in which a picture goes through the networks.
 *
 * @param latent side of a transformer tile, in latent pixels
 * @param overlap least overlap of transformer tiles, in latent pixels
 * @param encoder side of an encoder tile without its margin, in picture pixels
 * @param decoder side of a decoder tile without its margin, in latent pixels
 */
public record Tiling(int latent, int overlap, int encoder, int decoder) {
  public Tiling {
    if (latent < 1 || overlap < 0 || encoder < 1 || decoder < 1) {
      throw new IllegalArgumentException(
          "tiles have positive sides and an overlap that is not negative, got " + latent + ", " + overlap + ", "
              + encoder
              + ", " + decoder);
    }
  }

  /** The published program's: 64 with 8 for the transformer, 1024 and 224 for the autoencoder. */
  public static Tiling published() {
    return new Tiling(64, 8, 1024, 224);
  }
}
