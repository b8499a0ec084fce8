package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A measure of pictures, by its name. PSNR and SSIM are of the luma of YCbCr, as papers about super-resolution give them. */
public enum Metric {
  PSNR(true, 2) {
    @Override
    public double of(BytePixels picture, BytePixels target) {
      return Psnr.of(picture, target, Luma.YCBCR);
    }
  },
  SSIM(true, 4) {
    @Override
    public double of(BytePixels picture, BytePixels target) {
      return Ssim.of(picture, target, Luma.YCBCR);
    }
  },
  /** Needs no target, and lower is better. */
  NIQE(false, 3) {
    @Override
    public double of(BytePixels picture, BytePixels target) {
      return Natural.NIQE.of(picture);
    }
  };

  /** Loaded when the measure is first used. */
  private static final class Natural {
    private static final Niqe NIQE = Niqe.load();
  }

  private final boolean needsTarget;
  private final int decimals;

  Metric(boolean needsTarget, int decimals) {
    this.needsTarget = needsTarget;
    this.decimals = decimals;
  }

  /**
   * The value for a picture.
   *
   * @param target what it should look like; of no matter where {@link #needsTarget} says no
   * @throws IllegalArgumentException if the sizes differ or the measure cannot be taken of such a picture
   */
  public abstract double of(BytePixels picture, BytePixels target);

  public boolean needsTarget() {
    return needsTarget;
  }

  /** How many decimals are worth showing. */
  public int decimals() {
    return decimals;
  }

  /** The name in lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The metrics of a list such as "psnr,ssim".
   *
   * @throws IllegalArgumentException if one is not known
   */
  public static List<Metric> named(String list) {
    return Arrays.stream(list.split(",", -1)).map(Metric::one).distinct().toList();
  }

  private static Metric one(String name) {
    return Arrays.stream(values()).filter(m -> m.label().equals(name.strip())).findFirst().orElseThrow(
        () -> new IllegalArgumentException("metric '" + name + "' is not known: expected "
            + Arrays.stream(values()).map(Metric::label).collect(Collectors.joining(", "))));
  }
}
