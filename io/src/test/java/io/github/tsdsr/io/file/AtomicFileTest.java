package io.github.tsdsr.io.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
  void aFolderThatIsNotThereIsAnError() {
    Path file = folder.resolve("none/f");
    assertThrows(IOException.class, () -> AtomicFile.write(file, _ -> {}));
  }
}
