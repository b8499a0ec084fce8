package io.github.tsdsr.io.image;

import io.github.tsdsr.io.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;

/** Image readers and writers of the JDK and of TwelveMonkeys: one for each use, so that threads share nothing. */
final class Codecs {
  private static final String JDK = "java.desktop";

  private Codecs() {}

  /** What a decoder does with its input. */
  @FunctionalInterface
  interface Decoding<T> {
    T by(ImageReader reader) throws IOException;
  }

  /** The decoder's result and what it complained about on the way. */
  record Decoded<T>(T result, List<String> warnings) {}

  /** The JDK's own reader, whatever other plug-ins the program has. */
  static ImageReader jdkReader(String format) {
    return jdks(ImageIO.getImageReadersByFormatName(format), format);
  }

  static ImageWriter jdkWriter(String format) {
    return jdks(ImageIO.getImageWritersByFormatName(format), format);
  }

  private static <T> T jdks(Iterator<T> codecs, String format) {
    while (codecs.hasNext()) {
      T codec = codecs.next();
      if (JDK.equals(codec.getClass().getModule().getName())) {
        return codec;
      }
    }
    throw new IllegalStateException("this Java runtime has no codec for " + format + ", expected one in " + JDK);
  }

  /**
   * Decodes, and ends the reader.
   *
   * @throws FormatException whatever way the decoder fails: on damaged files they throw all kinds
   */
  static <T> Decoded<T> decode(ImageReader reader, byte[] file, String name, Decoding<T> decoding) {
    List<String> warnings = new ArrayList<>();
    return refusing(name, () -> {
      try (BytesInput input = new BytesInput(file)) {
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        // Metadata are left aside: their compressed texts are not bounded, and we have read what we need.
        reader.setInput(input, false, true);
        return new Decoded<>(decoding.by(reader), warnings);
      } finally {
        reader.dispose();
      }
    });
  }

  /** Something that may fail as decoders do. */
  @FunctionalInterface
  interface Attempt<T> {
    T make() throws IOException;
  }

  /**
   * What an attempt gives.
   *
   * @throws FormatException in place of whatever it throws
   */
  static <T> T refusing(String name, Attempt<T> attempt) {
    try {
      return attempt.make();
    } catch (IOException | RuntimeException e) {
      throw refusal(name, e);
    }
  }

  private static FormatException refusal(String name, Exception e) {
    if (e instanceof FormatException already) {
      return already;
    }
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    FormatException refusal =
        new FormatException(name, "damaged, its pixels cannot be decoded: " + reason.replaceAll("\\s+", " ").strip());
    refusal.initCause(e);
    return refusal;
  }
}
