package io.github.tsdsr.io.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FingerprintTest {
  @TempDir
  private Path folder;

  @Test
  void ofAFileIsItsCrc32() throws Exception {
    // The check value of CRC-32.
    assertEquals("cbf43926", Fingerprint.ofFile(Files.writeString(folder.resolve("digits"), "123456789")));
  }

  @Test
  void ofAFolderIsThatOfItsFilesInTheOrderOfTheirNames() throws Exception {
    Files.writeString(folder.resolve("b"), "6789");
    Files.writeString(folder.resolve("a"), "12345");
    Files.writeString(Files.createDirectory(folder.resolve("c")).resolve("inside"), "0");
    assertEquals("cbf43926", Fingerprint.ofFolder(folder));
    Files.writeString(folder.resolve("b"), "6798");
    assertNotEquals("cbf43926", Fingerprint.ofFolder(folder));
  }
}
