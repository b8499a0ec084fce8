package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's script, in a project folder of its own whose Java and Maven only tell how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final List<String> MODULES = List.of("tensor", "kernels", "io", "autograd", "sd3", "tsdsr");

  @TempDir
  private Path folder;
  private Path project;
  private Path jdk;

  private record Outcome(int code, List<String> out, List<String> err) {}

  @BeforeEach
  void layOut() throws IOException {
    project = folder.resolve("my project");
    Files.createDirectories(project.resolve("bin"));
    for (String script : List.of("tsdsr", "java.sh")) {
      Files.copy(Path.of("..", "bin", script), project.resolve("bin").resolve(script));
    }
    Files.writeString(project.resolve("pom.xml"), "");
    for (String module : MODULES) {
      Files.createDirectories(project.resolve(module).resolve("src/main/java"));
      Files.writeString(project.resolve(module).resolve("pom.xml"), "");
    }
    jdk = jdk("my jdk", "25.0.1");
    maven("echo \"$@\" > called; mkdir -p tsdsr/target/lib; : > tsdsr/target/tsdsr.jar");
  }

  @Test
  void theFirstUseBuildsAndTheNextDoesNot() throws Exception {
    Outcome first = run(Map.of(), "--version");
    assertEquals(0, first.code);
    assertEquals(List.of("building (first use, or newer sources) ..."), first.err);
    assertEquals("-B -q -DskipTests package -pl tsdsr -am\n", Files.readString(project.resolve("called")));
    Files.delete(project.resolve("called"));
    assertEquals(List.of(), run(Map.of(), "--version").err);
    assertFalse(Files.exists(project.resolve("called")));
  }

  @Test
  void aNewerSourceOfAnyModuleIsBuilt() throws Exception {
    run(Map.of());
    for (String module : MODULES) {
      Path source = Files.writeString(project.resolve(module).resolve("src/main/java/A.java"), "");
      Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
      assertEquals(1, run(Map.of()).err.size(), module);
      Files.delete(source);
      // The folder that the file went from is newer, too.
      Files.setLastModifiedTime(source.getParent(), FileTime.from(Instant.now().minusSeconds(60)));
      assertEquals(List.of(), run(Map.of()).err, module);
    }
  }

  @Test
  void argumentsReachJavaAsTheyAreBehindTheFlags() throws Exception {
    run(Map.of());
    // A name that the shell would take for the pattern.
    Files.createFile(folder.resolve("-Dpattern=x"));
    List<String> out = run(Map.of("TSDSR_JAVA_OPTS", "-Xmx1g -Dpattern=*"), "a picture.png", "*", "").out;
    int main = out.indexOf("io.github.tsdsr.cli.Main");
    assertEquals(List.of("a picture.png", "*", ""), out.subList(main + 1, out.size()));
    assertTrue(
        out.subList(0, main).containsAll(
            List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx1g",
                "-Dpattern=*")),
        out.toString());
    assertEquals(project.toRealPath() + "/tsdsr/target/tsdsr.jar:" + project.toRealPath() + "/tsdsr/target/lib/*",
        out.get(main - 1));
  }

  @Test
  void whatTheFirstRunLearnedServesTheNextUntilTheNextBuild() throws Exception {
    String cache = project.toRealPath() + "/tsdsr/target/tsdsr.aot";
    Files.createDirectories(project.resolve("examples"));
    // As Java does under that flag, beside what it prints.
    executable(jdk.resolve("bin/java"), "for a; do case $a in -XX:AOTCacheOutput=*) echo x > \"${a#*=}\";; esac; done\n"
        + "printf '%s\\n' \"$@\"");
    assertTrue(run(Map.of(), "info").out.contains("-XX:AOTCache=" + cache));
    assertEquals("x\n", Files.readString(Path.of(cache)));
    List<String> own = run(Map.of("TSDSR_JAVA_OPTS", "-Xshare:off"), "info").out;
    assertFalse(own.contains("-XX:AOTCache=" + cache), "the user's own choice holds");
    Files.writeString(Path.of(cache), "old");
    Path source = Files.writeString(project.resolve("tsdsr/src/main/java/A.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    run(Map.of(), "info");
    assertEquals("x\n", Files.readString(Path.of(cache)));
  }

  @Test
  void aFirstRunThatFailsIsNotTriedAgain() throws Exception {
    executable(jdk.resolve("bin/java"), "case $* in *AOTCacheOutput*) exit 1;; esac; printf '%s\\n' \"$@\"");
    assertEquals(List.of("building (first use, or newer sources) ..."), run(Map.of(), "info").err);
    Path cache = project.resolve("tsdsr/target/tsdsr.aot");
    assertEquals(0, Files.size(cache));
    FileTime made = Files.getLastModifiedTime(cache);
    List<String> out = run(Map.of(), "info").out;
    assertFalse(out.stream().anyMatch(argument -> argument.startsWith("-XX:AOTCache")), out.toString());
    assertEquals(made, Files.getLastModifiedTime(cache));
  }

  @Test
  void fileNamesAreReadAsUtf8WhateverTheLocale() throws Exception {
    run(Map.of());
    executable(jdk.resolve("bin/java"), "echo \"$LC_ALL\"");
    Path tools = Files.createDirectory(folder.resolve("tools"));
    executable(tools.resolve("locale"), "[ \"$1\" = charmap ] && echo \"$CHARMAP\"");
    executable(tools.resolve("uname"), "echo \"$SYSTEM\"");
    Map<String, String> all = new HashMap<>(Map.of("PATH", tools + ":" + System.getenv("PATH"), "LC_ALL", "own"));
    all.putAll(Map.of("SYSTEM", "Linux", "CHARMAP", "UTF-8"));
    assertEquals(List.of("own"), run(all).out);
    for (String other : List.of("ANSI_X3.4-1968", "ISO-8859-1", "")) {
      all.put("CHARMAP", other);
      assertEquals(List.of("C.UTF-8"), run(all).out, other);
    }
    // There Java's names are UTF-8 by themselves, and C.UTF-8 may be missing.
    all.put("SYSTEM", "Darwin");
    assertEquals(List.of("own"), run(all).out);
  }

  @Test
  void aLocaleThatIsNotInstalledIsToldByTheSystem() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    run(Map.of());
    executable(jdk.resolve("bin/java"), "echo \"$LC_ALL\"");
    assertEquals(List.of("C.UTF-8"), run(Map.of("LC_ALL", "xx_XX.UTF-8")).out);
    assertEquals(List.of("C.UTF-8"), run(Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "")).out);
  }

  @Test
  void linksToTheLauncherAreFollowed() throws Exception {
    run(Map.of());
    Path links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("absolute"), project.resolve("bin/tsdsr"));
    Files.createSymbolicLink(links.resolve("relative"), Path.of("absolute"));
    Outcome outcome = start(links.resolve("relative"), Map.of("TSDSR_JAVA_HOME", jdk.toString()), "info");
    assertEquals(0, outcome.code);
    assertEquals("info", outcome.out.getLast());
  }

  @Test
  void anOldJavaIsRefusedWithOneLine() throws Exception {
    Path old = jdk("jdk 24", "24.0.2");
    Outcome outcome = run(Map.of("TSDSR_JAVA_HOME", old.toString()));
    assertEquals(2, outcome.code);
    assertEquals(
        List.of("tsdsr: TSDSR_JAVA_HOME=" + old + ": expected the folder of a JDK 25 or later"), outcome.err);
  }

  @Test
  void anOldJavaHomeIsPassedOver() throws Exception {
    Path old = jdk("jdk 24", "24.0.2");
    Outcome outcome = run(Map.of("TSDSR_JAVA_HOME", "", "JAVA_HOME", old.toString(), "PATH", jdk.resolve("bin")
        + ":" + System.getenv("PATH")));
    assertEquals(0, outcome.code, outcome.err.toString());
    assertTrue(outcome.out.contains("io.github.tsdsr.cli.Main"));
  }

  @Test
  void whereNoHomeIsNamedJavaIsLookedForAndMavenHasAFolder() throws Exception {
    maven("echo \"$HOME\" > home; mkdir -p tsdsr/target/lib; : > tsdsr/target/tsdsr.jar");
    Map<String, String> bare = new HashMap<>(Map.of("JAVA_HOME", jdk.toString()));
    bare.put("HOME", null);
    assertEquals(0, run(bare, "--version").code);
    assertTrue(Files.readString(project.resolve("home")).startsWith("/"), Files.readString(project.resolve("home")));
    // The one on the path is too old, so the folders of JDKs are looked through; what lies there is the machine's.
    bare.putAll(Map.of("TSDSR_JAVA_HOME", "", "JAVA_HOME", "", "PATH",
        jdk("jdk 24", "24.0.2").resolve("bin") + ":" + System.getenv("PATH")));
    Path script = Files.writeString(folder.resolve("find"), "set -eu\n. 'my project/bin/java.sh'\nfind_java\n");
    Outcome outcome = start(script, bare);
    assertTrue(outcome.code == 0 || outcome.err.getFirst().startsWith("tsdsr: no Java 25 or later found: "),
        outcome.err.toString());
  }

  @Test
  void aFailedBuildIsOneLineThatNamesTheFirstError() throws Exception {
    maven("echo '[ERROR] COMPILATION ERROR : '; echo '[ERROR] A.java:[1,2] missing'; echo '[ERROR] more'; exit 1");
    Outcome outcome = run(Map.of());
    assertEquals(2, outcome.code);
    assertEquals(2, outcome.err.size(), outcome.err.toString());
    assertTrue(outcome.err.get(1).startsWith("tsdsr: the build failed: A.java:[1,2] missing"), outcome.err.get(1));
    assertEquals(List.of(), outcome.out);
  }

  @Test
  void aProjectThatCannotBeBuiltWhereItLiesIsOneLine() throws Exception {
    // Nobody makes a folder of it, the administrator neither.
    Path target = Files.writeString(project.resolve("tsdsr/target"), "");
    String expected = "tsdsr: " + project.toRealPath()
        + "/tsdsr/target: cannot be written, expected a folder where the project may be built at its first use";
    Outcome outcome = run(Map.of());
    assertEquals(2, outcome.code);
    assertEquals(List.of(expected), outcome.err);
    Files.delete(target);
    Files.createDirectory(target);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(target), "the administrator may write everything");
    assertEquals(List.of(expected), run(Map.of()).err);
  }

  @Test
  void theExitCodeIsJavas() throws Exception {
    run(Map.of());
    executable(jdk.resolve("bin/java"), "exit 130");
    assertEquals(130, run(Map.of()).code);
  }

  /** A JDK of a release whose Java prints its arguments, a line each. */
  private Path jdk(String name, String release) throws IOException {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + release + "\"\n");
    executable(home.resolve("bin/java"), "if [ \"$1\" = -version ]; then echo 'openjdk version \"" + release
        + "\" 2026-01-01' >&2; else printf '%s\\n' \"$@\"; fi");
    return home;
  }

  private void maven(String script) throws IOException {
    executable(project.resolve("mvnw"), script);
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    Map<String, String> all = new HashMap<>(Map.of("TSDSR_JAVA_HOME", jdk.toString()));
    all.putAll(environment);
    return start(project.resolve("bin/tsdsr"), all, arguments);
  }

  private Outcome start(Path script, Map<String, String> environment, String... arguments) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(
        Stream.concat(Stream.of("sh", script.toString()), Stream.of(arguments)).toList())
            .directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("TSDSR_JAVA_OPTS");
    environment.forEach((name, value) -> {
      if (value == null) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    int code = builder.start().waitFor();
    return new Outcome(code, Files.readAllLines(out), Files.readAllLines(err));
  }
}
