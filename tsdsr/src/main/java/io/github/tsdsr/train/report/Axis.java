package io.github.tsdsr.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values from low to high on a line of a length, by their size or by their logarithm, with round numbers to mark.
 *
 * @param low below high; above 0 where logarithmic
 */
record Axis(double low, double high, double length, boolean logarithmic) {
  private static final int LEAST_TICKS = 3;

  Axis {
    if (!(low < high) || logarithmic && low <= 0) {
      throw new IllegalArgumentException("an axis from " + low + " to " + high);
    }
  }

  /** An axis with a little room on both sides of the values. */
  static Axis around(double least, double most, double length, boolean logarithmic) {
    if (logarithmic) {
      double margin = Math.max(1.02, Math.pow(most / least, 0.05));
      return new Axis(least / margin, most * margin, length, true);
    }
    double margin = most > least ? 0.06 * (most - least) : Math.max(1e-9, Math.abs(most) * 0.05);
    return new Axis(least - margin, most + margin, length, false);
  }

  /** Where a value lies, from 0 at low to the length at high. */
  double place(double value) {
    return logarithmic
        ? length * Math.log(value / low) / Math.log(high / low)
        : length * (value - low) / (high - low);
  }

  /** Round numbers between low and high, about {@code count}. */
  List<Double> ticks(int count) {
    if (logarithmic) {
      // Powers of ten; with 2 and 5 between them, then with plain steps, where they are few.
      for (double[] digits : new double[][] {{1}, {1, 2, 5}}) {
        List<Double> ticks = powers(digits);
        if (ticks.size() >= LEAST_TICKS) {
          return thinned(ticks, 2 * count);
        }
      }
    }
    List<Double> ticks = new ArrayList<>();
    double step = step((high - low) / count);
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  private List<Double> powers(double... digits) {
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (double digit : digits) {
        double tick = digit * Math.pow(10, power);
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private static List<Double> thinned(List<Double> ticks, int most) {
    int every = (ticks.size() + most - 1) / most;
    List<Double> out = new ArrayList<>();
    for (int i = 0; i < ticks.size(); i += every) {
      out.add(ticks.get(i));
    }
    return out;
  }

  /** 1, 2 or 5 times a power of ten, at least as large. */
  private static double step(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double digit : new double[] {1, 2, 5}) {
      if (digit * power >= atLeast) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  /** A number with four digits that count, and no zeros behind them. */
  static String shown(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.3e", value).replaceAll("\\.?0*e([-+])0*", "e$1").replace("e+", "e");
    }
    int decimals = size == 0 ? 0 : Math.clamp(3 - (int) Math.floor(Math.log10(size)), 0, 6);
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
