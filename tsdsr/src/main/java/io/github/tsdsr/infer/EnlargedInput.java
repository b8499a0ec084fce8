package io.github.tsdsr.infer;

import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;

/** A picture as the encoder gets it: bicubic to the content's size, in [-1,1], clamped, its edges repeated beyond. */
record EnlargedInput(FloatPixels rgb, SizePlan plan, RowLoop loop) implements PixelSource {
  @Override
  public int width() {
    return plan.processed().width();
  }

  @Override
  public int height() {
    return plan.processed().height();
  }

  @Override
  public FloatPixels part(Rect part) {
    Pixels content = plan.content();
    int x = Math.min(part.x(), content.width() - 1);
    int y = Math.min(part.y(), content.height() - 1);
    Rect inside =
        new Rect(x, y, Math.min(part.width(), content.width() - x), Math.min(part.height(), content.height() - y));
    FloatPixels pixels = signed(TorchBicubic.part(rgb, content.width(), content.height(), inside, loop));
    return pixels.padByEdge(part.width(), part.height());
  }

  /** Straight from the picture: enlarging it first would only blur. */
  @Override
  public FloatPixels shrunken(int width, int height) {
    return signed(TorchBicubic.part(rgb, width, height, new Rect(0, 0, width, height), loop));
  }

  private static FloatPixels signed(FloatPixels unit) {
    float[] samples = unit.samples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.clamp(samples[i] * 2 - 1, -1f, 1f);
    }
    return unit;
  }
}
