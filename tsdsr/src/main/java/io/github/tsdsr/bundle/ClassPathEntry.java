package io.github.tsdsr.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A part of the class path on its way into a bundle. */
final class ClassPathEntry {
  private ClassPathEntry() {}

  /**
   * Copies a jar, or makes one of a folder of classes; what is not there is left out, as Java does.
   *
   * @param index its place in the class path, which its name begins with: two may have one name
   */
  static void copy(Path entry, Path lib, int index) throws IOException {
    if (Files.isRegularFile(entry)) {
      Files.copy(entry, lib.resolve("%03d-%s".formatted(index, entry.getFileName())));
    } else if (Files.isDirectory(entry)) {
      jar(entry, lib.resolve("%03d-classes.jar".formatted(index)));
    }
  }

  private static void jar(Path folder, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to))) {
      for (Path file : files) {
        out.putNextEntry(new JarEntry(folder.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
