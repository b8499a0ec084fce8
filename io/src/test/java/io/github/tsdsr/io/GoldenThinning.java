package io.github.tsdsr.io;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a smaller reference file: of large tensors that a test only compares with, every k-th element in row-major order
 * under the name {@code NAME_every<k>}. {@link GoldenValues} compares with either.
 *
 * <p>k is prime and divides no axis, so that the elements kept fall on every index of every axis in turn.
 */
public final class GoldenThinning {
  private static final int LARGE = 2000;
  private static final int KEPT = 1000;
  private static final int LEAST = 7;
  private static final String EVERY = "_every";

  private GoldenThinning() {}

  /** A tensor's name and step, from the name that its thinned form is stored under. */
  record Thinned(String stored, int every) {
    static Optional<Thinned> of(NamedWeights file, String name) {
      Pattern pattern = Pattern.compile(Pattern.quote(name + EVERY) + "(\\d+)");
      return file.names().stream().map(pattern::matcher).filter(Matcher::matches)
          .map(m -> new Thinned(m.group(), Integer.parseInt(m.group(1)))).findFirst();
    }
  }

  static int step(long count, long[] shape) {
    BigInteger k = BigInteger.valueOf(Math.max(LEAST, count / KEPT) - 1);
    do {
      k = k.nextProbablePrime();
    } while (divides(k.longValue(), shape));
    return k.intValueExact();
  }

  private static boolean divides(long k, long[] shape) {
    return Arrays.stream(shape).anyMatch(n -> n % k == 0);
  }

  static byte[] every(byte[] bytes, int width, int k) {
    int count = Math.ceilDiv(bytes.length / width, k);
    ByteBuffer kept = ByteBuffer.allocate(count * width);
    for (int i = 0; i < count; i++) {
      kept.put(bytes, i * k * width, width);
    }
    return kept.array();
  }

  /** Thins the F32 tensors of more than 2000 elements whose whole name the pattern matches. */
  static void thin(Path from, Path to, Pattern names) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(from)) {
      GoldenWriter writer = new GoldenWriter().metadata(file.metadata());
      for (String name : file.names()) {
        Tensor t = file.find(name).orElseThrow();
        byte[] bytes = GoldenFiles.bits(t);
        if (t.dtype() == DType.F32 && t.count() > LARGE && names.matcher(name).matches()) {
          int k = step(t.count(), t.shape());
          byte[] kept = every(bytes, DType.F32.bytes(), k);
          writer.add(name + EVERY + k, DType.F32, new long[] {kept.length / DType.F32.bytes()}, kept);
        } else {
          writer.add(name, t.dtype(), t.shape(), bytes);
        }
      }
      writer.write(to);
    }
  }

  /**
   * The reference file from the original.
   *
   * @param args original, where to write, pattern of the names to be thinned
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException("expected ORIGINAL TARGET PATTERN");
    }
    thin(Path.of(args[0]), Path.of(args[1]), Pattern.compile(args[2]));
  }
}
