package io.github.tsdsr.bundle;

import io.github.tsdsr.io.file.FolderSwap;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * A folder that runs the program on any machine of this one's operating system and processor type, without Java installed: a
 * linked runtime, the program's jars, and a launcher.
 */
public final class Bundle {
  /** What the program and its libraries use. */
  private static final String MODULES =
      "java.base,java.desktop,java.logging,java.management,java.sql,jdk.incubator.vector,"
          + "jdk.management,jdk.unsupported";
  /** About what a bundle takes. */
  private static final long BYTES = 200L << 20;
  private static final String RUNTIME = "runtime/release";

  private final List<Path> classPath;

  /**
   * @param classPath jars and folders of classes
   */
  public Bundle(List<Path> classPath) {
    this.classPath = List.copyOf(classPath);
  }

  /** Of the program that runs now. */
  public static Bundle ofThisProgram() {
    String separator = System.getProperty("path.separator");
    return new Bundle(List.of(System.getProperty("java.class.path").split(separator)).stream().map(Path::of).toList());
  }

  /**
   * Writes the bundle, whole or not at all.
   *
   * @param replace whether what is there makes room
   * @throws IllegalArgumentException if this Java has no jlink
   * @throws IOException if a step fails
   */
  public void write(Path folder, boolean replace) throws IOException {
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(
        () -> new IllegalArgumentException("a bundle needs jlink, which this Java lacks: run tsdsr with a JDK"));
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    new FolderSwap("a bundle", RUNTIME).write(folder, replace, BYTES, made -> {
      link(jlink, made.resolve("runtime"), windows);
      Path lib = Files.createDirectory(made.resolve("lib"));
      for (int i = 0; i < classPath.size(); i++) {
        ClassPathEntry.copy(classPath.get(i), lib, i);
      }
      copy("compiler-directives.json", made);
      Path launcher = copy(windows ? "tsdsr.cmd" : "tsdsr", made);
      if (!launcher.toFile().setExecutable(true, false)) {
        throw new IOException(launcher + ": cannot be made executable");
      }
      if (!windows) {
        StartCache.make(launcher);
      }
    });
  }

  /** @param archive whether the runtime keeps an archive of Java's own classes, which a cache of the whole start replaces */
  private static void link(ToolProvider jlink, Path runtime, boolean archive) throws IOException {
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages);
    List<String> arguments = new ArrayList<>(List.of(
        "--add-modules", MODULES, "--output", runtime.toString(), "--strip-debug", "--no-header-files",
        "--no-man-pages"));
    if (archive) {
      arguments.add("--generate-cds-archive");
    }
    int code = jlink.run(out, out, arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IOException("jlink: " + messages.toString().strip().lines().findFirst().orElse("exit code " + code));
    }
  }

  private static Path copy(String name, Path folder) throws IOException {
    Path to = folder.resolve(name);
    try (InputStream in = Bundle.class.getResourceAsStream(name)) {
      Files.copy(in, to);
    }
    return to;
  }
}
