package io.github.tsdsr.infer.size;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How large the output is to be, as asked for: a factor, or a size of which one side may be left open. */
public sealed interface OutputSize {
  /** A size in pixels. */
  record Pixels(int width, int height) {
    public Pixels {
      if (width < 1 || height < 1) {
        throw new IllegalArgumentException("a size of " + width + "x" + height + ": expected at least 1x1");
      }
    }
  }

  /** The input's sides times a factor, rounded to whole pixels. */
  record Scale(double factor) implements OutputSize {
    public Scale {
      if (!(factor > 0) || Double.isInfinite(factor)) {
        throw new IllegalArgumentException("scale " + factor + ": expected a number above 0");
      }
    }

    @Override
    public Pixels of(int width, int height) {
      return new Pixels(whole(width * factor), whole(height * factor));
    }
  }

  /** This size, whatever the input's shape. */
  record Exactly(int width, int height) implements OutputSize {
    @Override
    public Pixels of(int inputWidth, int inputHeight) {
      return new Pixels(width, height);
    }
  }

  /** This width and the height that keeps the input's shape. */
  record Width(int width) implements OutputSize {
    @Override
    public Pixels of(int inputWidth, int inputHeight) {
      return new Pixels(width, whole((double) width * inputHeight / inputWidth));
    }
  }

  /** This height and the width that keeps the input's shape. */
  record Height(int height) implements OutputSize {
    @Override
    public Pixels of(int inputWidth, int inputHeight) {
      return new Pixels(whole((double) height * inputWidth / inputHeight), height);
    }
  }

  /** The output's size for an input of this size; every side is at least 1. */
  Pixels of(int inputWidth, int inputHeight);

  /**
   * Reads "WxH", "Wx" or "xH".
   *
   * @throws IllegalArgumentException for anything else
   */
  static OutputSize parse(String text) {
    Matcher m = Pattern.compile("([1-9]\\d{0,8})?x([1-9]\\d{0,8})?").matcher(text.trim());
    if (!m.matches() || m.group(1) == null && m.group(2) == null) {
      throw new IllegalArgumentException("size '" + text + "': expected WxH, Wx or xH, for example 1920x1080 or 1920x");
    }
    if (m.group(2) == null) {
      return new Width(Integer.parseInt(m.group(1)));
    }
    int height = Integer.parseInt(m.group(2));
    return m.group(1) == null ? new Height(height) : new Exactly(Integer.parseInt(m.group(1)), height);
  }

  private static int whole(double side) {
    return (int) Math.max(1, Math.min(Math.round(side), Integer.MAX_VALUE));
  }
}
