package io.github.tsdsr.train.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ChartTest {
  private static Series series(String name, double... y) {
    return new Series(name, DoubleStream.iterate(1, x -> x + 1).limit(y.length).toArray(), y);
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  /** The points of a curve as x, y, x, y. */
  private static double[] points(Element curve) {
    return DoubleStream.of(List.of(curve.getAttribute("points").split("[ ,]")).stream()
        .mapToDouble(Double::parseDouble).toArray()).toArray();
  }

  @Test
  void pointsLieWhereTheAxesSay() throws Exception {
    Chart chart = new Chart("a < b", "", List.of(series("ours", 10, 30, 20)), false, 4);
    Element curve = (Element) parsed(chart.svg(false)).getElementsByTagName("polyline").item(0);
    double[] p = points(curve);
    // Steps 1, 2, 3 of 4 on 490 pixels from 56 on; the larger value is higher up.
    assertArrayEquals(new double[] {178.5, 301, 423.5}, new double[] {p[0], p[2], p[4]}, 0.051);
    assertTrue(p[3] < p[5] && p[5] < p[1]);
    assertEquals((p[1] + p[3]) / 2, p[5], 0.11);
    assertEquals("10 30 20", curve.getAttribute("data-values"));
  }

  @Test
  void aLogarithmicAxisGivesEqualFactorsEqualDistances() throws Exception {
    Chart chart = new Chart("loss", "", List.of(series("loss", 100, 10, 1)), false, 3);
    double[] p = points((Element) parsed(chart.svg(true)).getElementsByTagName("polyline").item(0));
    assertEquals(p[3] - p[1], p[5] - p[3], 0.11);
    assertTrue(chart.canBeLogarithmic());
    assertFalse(new Chart("gain", "", List.of(series("gain", 1, 0)), false, 3).canBeLogarithmic());
  }

  @Test
  void manyPointsAreThinnedButKeepTheirSpikesAndTheirEnd() throws Exception {
    double[] y = new double[10_000];
    for (int i = 0; i < y.length; i++) {
      y[i] = 1 + i % 2;
    }
    y[5_000] = 9;
    Series raw = series("loss", y).envelope(400);
    assertEquals(800, raw.size());
    assertEquals(9, DoubleStream.of(raw.y()).max().orElseThrow());
    Chart chart = new Chart("loss", "", List.of(series("loss", y)), true, 10_000);
    NodeList curves = parsed(chart.svg(false)).getElementsByTagName("polyline");
    assertEquals(2, curves.getLength());
    double[] trend = points((Element) curves.item(1));
    assertEquals(800, trend.length);
    assertEquals(546, trend[798], 0.1);
    assertEquals(1.5, chart.latest(), 0.01);
  }

  @Test
  void smoothingKeepsConstantsAndEnds() {
    assertArrayEquals(new double[] {2, 2, 2, 2}, series("x", 2, 2, 2, 2).smoothed(3).y());
    assertArrayEquals(new double[] {1, 4, 3, 4, 9}, series("x", 1, 5, 6, -2, 9).smoothed(1).y(), 1 / 2.9);
  }

  @Test
  void ticksAreRoundAndInside() {
    assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0), new Axis(0, 100, 1, false).ticks(5));
    assertEquals(List.of(0.01, 0.1, 1.0), new Axis(0.005, 2, 1, true).ticks(5).stream()
        .map(t -> Math.round(t * 1e9) / 1e9).toList());
    assertEquals(3, new Axis(1.0, 1.5, 1, true).ticks(5).stream().filter(t -> t >= 1 && t <= 1.5).limit(3).count());
  }

  @Test
  void aConstantCurveHasAnAxis() throws Exception {
    parsed(new Chart("rate", "", List.of(series("rate", 0.002, 0.002)), false, 2).svg(false));
    parsed(new Chart("zero", "", List.of(series("zero", 0)), true, 1).svg(false));
  }

  @Test
  void numbersAreShort() {
    assertEquals(List.of("0", "0.03125", "1.5", "1234", "9.91e-5", "2e6", "-0.25", "1e-6"),
        DoubleStream.of(0, 0.03125, 1.5, 1234.4, 9.91e-5, 2e6, -0.25, 1e-6).mapToObj(Axis::shown).toList());
  }
}
