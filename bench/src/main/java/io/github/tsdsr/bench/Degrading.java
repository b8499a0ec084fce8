package io.github.tsdsr.bench;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.data.degrade.RealEsrgan;
import io.github.tsdsr.pixel.BytePixels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to degrade a crop, on one thread; every call draws other parameters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 2, time = 5)
public class Degrading {
  /** Width and height. */
  @Param("512x512")
  public String shape;

  @Param({"simple", "realesrgan"})
  public String kind;

  private BytePixels clean;
  private Degradation degradation;
  private long index;

  @Setup
  public void prepare() {
    long[] size = Shapes.parse(shape);
    clean = BytePixels.blank((int) size[0], (int) size[1], 3);
    double[] noise = new double[clean.samples().length];
    RandomStream.numbered(1, 1).addNormal(6, noise);
    for (int i = 0; i < noise.length; i++) {
      int x = i / 3 % clean.width();
      int y = i / 3 / clean.width();
      clean.samples()[i] = (byte) Math.clamp(Math.round(128 + 90 * Math.sin(x * 0.05 + y * 0.03) + noise[i]), 0, 255);
    }
    degradation = kind.equals("simple")
        ? new SimpleDegradation(0.4, new Range(0.3, 1.5), 4, new Range(0, 15), new Range(60, 95))
        : RealEsrgan.published();
  }

  @Benchmark
  public BytePixels degraded() {
    return degradation.degrade(clean, RandomStream.of(1, 0, index++));
  }
}
