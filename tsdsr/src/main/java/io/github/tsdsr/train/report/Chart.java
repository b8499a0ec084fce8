package io.github.tsdsr.train.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.DoubleStream;

/**
 * Curves over steps as SVG. A noisy curve is drawn twice: every value faintly, and the mean of neighbours on top.
 *
 * @param title what is shown
 * @param note how to read it, in a few words
 * @param series drawn in this order; the first is the one that matters
 * @param noisy whether the values jump from step to step
 * @param steps the right end of the axis
 */
public record Chart(String title, String note, List<Series> series, boolean noisy, long steps) {
  private static final double WIDTH = 560;
  private static final double HEIGHT = 250;
  private static final double LEFT = 56;
  private static final double RIGHT = 14;
  private static final double TOP = 10;
  private static final double BOTTOM = 28;
  private static final int MOST_POINTS = 400;
  /** The part of a curve over which it is smoothed, to either side. */
  private static final int SMOOTHING = 30;

  public Chart {
    if (series.isEmpty() || series.stream().anyMatch(s -> s.size() == 0)) {
      throw new IllegalArgumentException("a chart without points");
    }
    series = List.copyOf(series);
  }

  /** Whether all values can be drawn by their logarithm. */
  boolean canBeLogarithmic() {
    return values().allMatch(v -> v > 0);
  }

  private DoubleStream values() {
    return series.stream().flatMapToDouble(s -> Arrays.stream(s.y()));
  }

  /** The latest value of the curve that matters, smoothed where it is noisy. */
  double latest() {
    Series s = trend(series.getFirst());
    return s.y()[s.size() - 1];
  }

  private Series trend(Series s) {
    if (!noisy) {
      return s;
    }
    int radius = Math.max(1, s.size() / SMOOTHING);
    double[] y = s.smoothed(radius).y().clone();
    // The very end has no neighbours to the right: there the latest values stand for it.
    int from = Math.max(0, s.size() - 2 * radius - 1);
    y[y.length - 1] = Arrays.stream(s.y(), from, s.size()).average().orElseThrow();
    return new Series(s.name(), s.x(), y);
  }

  /** The picture. */
  String svg(boolean logarithmic) {
    Axis x = new Axis(0, Math.max(1, steps), WIDTH - LEFT - RIGHT, false);
    Axis y = vertical(logarithmic);
    StringBuilder out = new StringBuilder();
    out.append(text("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT,
        Html.escaped(title)));
    grid(out, x, y);
    for (int i = 0; i < series.size(); i++) {
      if (noisy) {
        Series all = series.get(i).envelope(MOST_POINTS);
        out.append(text("<polyline class=\"raw c%d\" points=\"%s\"/>", i, points(all, x, y)));
      }
    }
    for (int i = 0; i < series.size(); i++) {
      Series trend = trend(series.get(i)).thinned(MOST_POINTS);
      out.append(
          text("<polyline class=\"trend c%d\" data-name=\"%s\" data-steps=\"%s\" data-values=\"%s\" points=\"%s\"/>",
              i, Html.escaped(series.get(i).name()), numbers(trend.x()), numbers(trend.y()), points(trend, x, y)));
      if (!noisy && trend.size() <= 60) {
        dots(out, i, trend, x, y);
      }
    }
    return out.append("</svg>").toString();
  }

  private Axis vertical(boolean logarithmic) {
    double[] sorted = values().sorted().toArray();
    // Single spikes of a noisy curve must not flatten the rest; they run out of the picture.
    int spikes = noisy ? sorted.length / 200 : 0;
    double most = sorted[sorted.length - 1 - spikes];
    return Axis.around(sorted[0], Math.max(most, sorted[0]), HEIGHT - TOP - BOTTOM, logarithmic);
  }

  private static void grid(StringBuilder out, Axis x, Axis y) {
    for (double tick : y.ticks(5)) {
      double at = HEIGHT - BOTTOM - y.place(tick);
      out.append(text("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, at,
          at));
      out.append(text("<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, at + 4,
          Axis.shown(tick)));
    }
    for (double tick : x.ticks(6)) {
      double at = LEFT + x.place(tick);
      String anchor = at > WIDTH - RIGHT - 12 ? "end" : "middle";
      out.append(text("<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", at, HEIGHT - 8, anchor,
          Axis.shown(tick)));
    }
    out.append(text("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT,
        HEIGHT - BOTTOM, HEIGHT - BOTTOM));
  }

  private static void dots(StringBuilder out, int colour, Series s, Axis x, Axis y) {
    for (int i = 0; i < s.size(); i++) {
      out.append(text("<circle class=\"c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>", colour, LEFT + x.place(s.x()[i]),
          HEIGHT - BOTTOM - y.place(s.y()[i])));
    }
  }

  private static String points(Series s, Axis x, Axis y) {
    StringJoiner out = new StringJoiner(" ");
    for (int i = 0; i < s.size(); i++) {
      double up = Math.clamp(y.place(s.y()[i]), 0, HEIGHT - TOP - BOTTOM);
      out.add(text("%.1f,%.1f", LEFT + x.place(s.x()[i]), HEIGHT - BOTTOM - up));
    }
    return out.toString();
  }

  private static String numbers(double[] values) {
    StringJoiner out = new StringJoiner(" ");
    for (double v : values) {
      out.add(Axis.shown(v));
    }
    return out.toString();
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
