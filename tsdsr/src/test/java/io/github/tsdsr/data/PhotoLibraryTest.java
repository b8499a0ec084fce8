package io.github.tsdsr.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.pixel.BytePixels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PhotoLibraryTest {
  @Test
  void photosAreKeptWithinTheBudgetAndReadAgainBeyondIt() throws IOException {
    AtomicInteger reads = new AtomicInteger();
    PhotoLibrary library = PhotoLibrary.open(TestPhotos.paths("20-10-a", "30-10-b", "10-10-c"), file -> {
      reads.incrementAndGet();
      return TestPhotos.decode(file);
    }, 10, 900, 2);
    assertEquals(3, library.size());
    assertEquals(2, library.kept());
    assertEquals(3, reads.get());
    assertSame(library.photo(0), library.photo(0));
    assertSame(library.photo(2), library.photo(2));
    assertEquals(3, reads.get());
    assertTrue(library.photo(1).sameAs(TestPhotos.decode(library.file(1))));
    assertEquals(4, reads.get());
    assertEquals(30, library.width(1));
    assertEquals(10, library.height(1));
  }

  @Test
  void photosTooSmallAreLeftOut() throws IOException {
    PhotoLibrary library = TestPhotos.library(16, "16-20-a", "15-99-b", "99-15-c", "16-16-d");
    assertEquals(2, library.size());
    assertEquals("16-16-d", library.file(1).toString());
    assertEquals("none of the 1 photos is at least 16x16",
        assertThrows(IllegalArgumentException.class, () -> TestPhotos.library(16, "15-15-a")).getMessage());
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    assertEquals("folder/broken: not a picture",
        assertThrows(IOException.class, () -> TestPhotos.library(4, "20-20-a", "folder/broken")).getMessage());
    assertEquals("grey.png: 1 channels, expected 3 (RGB)", assertThrows(IOException.class, () -> PhotoLibrary
        .open(TestPhotos.paths("grey.png"), file -> BytePixels.blank(9, 9, 1), 4, 0, 1)).getMessage());
  }

  @Test
  void aPhotoThatChangedItsSizeWhileTrainingIsRefused() throws IOException {
    AtomicInteger reads = new AtomicInteger();
    PhotoLibrary library = PhotoLibrary.open(TestPhotos.paths("a"),
        file -> BytePixels.blank(8 + reads.getAndIncrement(), 8, 3), 4, 0, 1);
    assertEquals("a: 9x8 now, was 8x8 when training began",
        assertThrows(UncheckedIOException.class, () -> library.photo(0)).getMessage());
  }

  @Test
  void picturesOfAFolderAreListedByName(@TempDir Path folder) throws IOException {
    for (String name : List.of("b.png", "a.JPG", "c.webp", "e.jfif", "notes.txt", "jpeg")) {
      Files.createFile(folder.resolve(name));
    }
    Files.createDirectory(folder.resolve("d.png"));
    assertEquals(List.of("a.JPG", "b.png", "c.webp", "e.jfif"),
        PhotoLibrary.filesIn(folder).stream().map(f -> f.getFileName().toString()).toList());
  }
}
