package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;
import java.util.Locale;

/** The metrics that need no files. PSNR and SSIM are of the luma of YCbCr, as papers about super-resolution give them. */
public enum PlainMetric implements Metric {
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

  PlainMetric(boolean needsTarget, int decimals) {
    this.needsTarget = needsTarget;
    this.decimals = decimals;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean needsTarget() {
    return needsTarget;
  }

  @Override
  public int decimals() {
    return decimals;
  }
}
