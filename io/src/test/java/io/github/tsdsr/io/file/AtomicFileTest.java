package io.github.tsdsr.io.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
  @TempDir
  private Path folder;

  private List<Path> left() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void untilAllIsWrittenTheNameHoldsWhatItHeld() throws IOException {
    Path file = Files.write(folder.resolve("f"), new byte[] {1});
    AtomicFile.write(file, channel -> {
      channel.write(ByteBuffer.wrap(new byte[] {2, 3}));
      assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    });
    assertArrayEquals(new byte[] {2, 3}, Files.readAllBytes(file));
    assertEquals(List.of(file), left());
  }

  @Test
  void aFailureLeavesNothingBehind() throws IOException {
    Path file = folder.resolve("f");
    FileSystemException thrown = assertThrows(FileSystemException.class, () -> AtomicFile.write(file, channel -> {
      channel.write(ByteBuffer.wrap(new byte[] {2, 3}));
      throw new IOException("no space left");
    }));
    assertEquals(file + ": no space left", thrown.getMessage());
    assertEquals(List.of(), left());
  }

  @Test
  void allBytesAreWrittenAndANameMayBeAsLongAsTheSystemTakesIt() throws IOException {
    byte[] bytes = new byte[100_000];
    bytes[99_999] = 7;
    // 240 bytes of UTF-8; the second lies across the 40th char with both halves of a pair.
    for (String name : List.of("n".repeat(240), "n".repeat(39) + "\uD83D\uDE00".repeat(50) + "n")) {
      Path file = folder.resolve(name);
      AtomicFile.write(file, bytes);
      assertArrayEquals(bytes, Files.readAllBytes(file));
    }
    assertEquals(2, left().size());
  }

  @Test
  void aNewFileLeavesOneThatHasAppearedMeanwhile() throws IOException {
    Path file = folder.resolve("f");
    AtomicFile.create(file, channel -> channel.write(ByteBuffer.wrap(new byte[] {1})));
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    Files.delete(file);
    assertThrows(FileAlreadyExistsException.class, () -> AtomicFile.create(file, channel -> {
      channel.write(ByteBuffer.wrap(new byte[] {2}));
      Files.write(file, new byte[] {3});
    }));
    assertArrayEquals(new byte[] {3}, Files.readAllBytes(file));
    assertEquals(List.of(file), left());
  }

  @Test
  void anInterruptIsToldFromAFault() throws IOException {
    Thread.currentThread().interrupt();
    assertThrows(ClosedByInterruptException.class, () -> AtomicFile.write(folder.resolve("f"), new byte[9]));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), left());
  }

  @Test
  void onlyNamesThatAreMadeHereAreTemporary() throws IOException {
    AtomicFile.write(folder.resolve("f"), _ -> assertTrue(AtomicFile.isTemporary(left().getFirst())));
    for (String other : List.of("f", ".f.tmp", ".f.x.tmp", "f.7-8f14e45f-ceea-467f-ab12-000000000001.tmp")) {
      assertFalse(AtomicFile.isTemporary(folder.resolve(other)), other);
    }
  }

  @Test
  void aFolderThatIsNotThereIsAnErrorThatNamesTheFileItself() {
    Path file = folder.resolve("none/f");
    FileSystemException thrown = assertThrows(FileSystemException.class, () -> AtomicFile.write(file, _ -> {}));
    assertEquals(file.toString(), thrown.getFile());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFolderThatMayNotBeWrittenIsAnErrorThatNamesTheFileItself() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(folder), "the administrator may write everything");
      Path file = folder.resolve("f");
      assertEquals(file.toString(),
          assertThrows(AccessDeniedException.class, () -> AtomicFile.write(file, _ -> {})).getFile());
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void whatAKilledProcessLeftOfAFileIsRemovedOnceItIsAMinuteOld() throws Exception {
    Path file = folder.resolve("f.png");
    long own = ProcessHandle.current().pid();
    Process ended = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
        .redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
    ended.waitFor();
    Files.delete(folder.resolve("said"));
    Instant now = Instant.now();
    Path removed = left("f.png", ended.pid(), now.minusSeconds(90));
    Instant beforeThis = ProcessHandle.current().info().startInstant().orElseThrow().minusSeconds(90);
    Path ofAnEarlierProcess = left("f.png", own, beforeThis);
    List<Path> stay = List.of(left("f.png", ended.pid(), now.minusSeconds(20)), left("f.png", own, now),
        left("other.png", ended.pid(), now.minusSeconds(90)), Files.write(folder.resolve(".f.png.tmp"), new byte[1]));
    AtomicFile.removeAbandoned(List.of(file, folder.resolve("none/f.png")));
    assertFalse(Files.exists(removed));
    assertFalse(Files.exists(ofAnEarlierProcess));
    assertEquals(Set.copyOf(stay), Set.copyOf(left()));
  }

  /** As a process of that number leaves it when it is killed. */
  private Path left(String name, long process, Instant written) throws IOException {
    Path[] made = new Path[1];
    AtomicFile.write(folder.resolve(name), _ -> {
      try (Stream<Path> all = Files.list(folder)) {
        String own = "." + name + "." + ProcessHandle.current().pid() + "-";
        Path temporary =
            all.filter(f -> f.getFileName().toString().startsWith(own) && isNew(f)).findFirst().orElseThrow();
        made[0] = folder.resolve(temporary.getFileName().toString().replace(own, "." + name + "." + process + "-"));
      }
    });
    Files.delete(folder.resolve(name));
    return Files.setLastModifiedTime(Files.write(made[0], new byte[1]), FileTime.from(written));
  }

  /** Whether it is being written: nothing is in it yet. */
  private static boolean isNew(Path temporary) {
    return temporary.toFile().length() == 0;
  }
}
