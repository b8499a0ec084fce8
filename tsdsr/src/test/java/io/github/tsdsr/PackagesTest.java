package io.github.tsdsr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How this module's packages stand on each other, read from the imports of its sources. */
final class PackagesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?((?:[a-z]\\w*\\.)+)[A-Z].*;", Pattern.MULTILINE);
  private static final int MOST_FILES = 15;

  /** The packages of this module that each of them imports from. */
  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".java")).toList()) {
        Set<String> from = imports.computeIfAbsent(packageOf(file), _ -> new TreeSet<>());
        Matcher m = IMPORT.matcher(Files.readString(file));
        while (m.find()) {
          from.add(m.group(1).substring(0, m.group(1).length() - 1));
        }
      }
    }
    imports.forEach((name, from) -> from.removeIf(other -> other.equals(name) || !imports.containsKey(other)));
    return imports;
  }

  private static String packageOf(Path file) {
    List<String> names = new ArrayList<>();
    SOURCES.relativize(file.getParent()).forEach(part -> names.add(part.toString()));
    return String.join(".", names);
  }

  @Test
  void noPackageStandsOnOneThatStandsOnIt() throws IOException {
    Map<String, Set<String>> rest = imports();
    assertTrue(rest.get("io.github.tsdsr.cli").contains("io.github.tsdsr.train"), "imports are not found");
    // What stands on nothing that is left goes, until nothing is left but cycles and what stands on them.
    while (rest.values().removeIf(Set::isEmpty)) {
      rest.values().forEach(from -> from.retainAll(rest.keySet()));
    }
    assertEquals(Map.of(), rest);
  }

  @Test
  void everyPackageSaysWhatItIsAndThoseOfTrainingAreSmall() throws IOException {
    for (String name : imports().keySet()) {
      Path folder = SOURCES.resolve(name.replace('.', '/'));
      assertTrue(Files.exists(folder.resolve("package-info.java")), name);
      if (name.startsWith("io.github.tsdsr.train")) {
        try (Stream<Path> files = Files.list(folder)) {
          long count = files.filter(f -> f.toString().endsWith(".java")).count() - 1;
          assertTrue(count <= MOST_FILES, name + ": " + count + " files");
        }
      }
    }
  }
}
