package io.github.tsdsr.io.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/** Eight hexadecimal digits that tell contents apart, whatever files are called and wherever they lie: their CRC-32. */
public final class Fingerprint {
  private Fingerprint() {}

  /** Of a file. */
  public static String ofFile(Path file) throws IOException {
    return of(List.of(file));
  }

  /** Of all files in a folder, in the order of their names; those in folders of it do not count. */
  public static String ofFolder(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return of(all.filter(Files::isRegularFile).sorted().toList());
    }
  }

  private static String of(List<Path> files) throws IOException {
    CRC32 crc = new CRC32();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        in.transferTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
      }
    }
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
