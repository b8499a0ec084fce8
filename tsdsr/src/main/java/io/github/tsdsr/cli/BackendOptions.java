package io.github.tsdsr.cli;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** On what and with how much the work is done. */
final class BackendOptions {
  @Option(names = "--threads", paramLabel = "N",
      description = "Threads of the CPU (default: one a core).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Size.class,
      description = "Most memory for tensors, such as 8g or 500m (default: what the work needs).")
  private Long memory;

  /** Reads 500m, 8g and plain bytes. */
  static final class Size implements ITypeConverter<Long> {
    private static final Pattern PATTERN = Pattern.compile("(\\d{1,15})([kmgKMG]?)");

    @Override
    public Long convert(String text) {
      Matcher m = PATTERN.matcher(text);
      if (!m.matches()) {
        throw new TypeConversionException("'" + text + "' is no size: expected a number with k, m or g, such as 8g");
      }
      int shift = switch (m.group(2).toLowerCase(Locale.ROOT)) {
        case "k" -> 10;
        case "m" -> 20;
        case "g" -> 30;
        default -> 0;
      };
      return Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift);
    }
  }

  int threads() {
    return threads;
  }

  /** The most bytes of tensors; none for no limit. */
  OptionalLong memory() {
    return memory == null ? OptionalLong.empty() : OptionalLong.of(memory);
  }

  Backend open() {
    if (threads < 1 || threads > VectorBackend.MOST_THREADS) {
      throw new IllegalArgumentException("--threads " + threads + ": expected 1 to " + VectorBackend.MOST_THREADS);
    }
    return new VectorBackend(threads, memory().orElse(Long.MAX_VALUE));
  }
}
