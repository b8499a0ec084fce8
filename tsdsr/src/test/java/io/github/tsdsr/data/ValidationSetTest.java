package io.github.tsdsr.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.pixel.BytePixels;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ValidationSetTest {
  private static final SimpleDegradation RECIPE = SimpleDegradation.validation();

  @Test
  void ofEveryPhotoTheMostDetailedGridCellsAreTaken() throws IOException {
    PhotoLibrary library = TestPhotos.library(32, "100-70-a", "32-32-b", "40-40-flat");
    List<ValidationSet.Crop> crops = ValidationSet.of(library, 32, 2, RECIPE, 1);
    assertEquals(List.of("100-70-a", "100-70-a", "32-32-b", "40-40-flat"),
        crops.stream().map(ValidationSet.Crop::name).toList());
    BytePixels photo = library.photo(0);
    long least = Long.MAX_VALUE;
    for (ValidationSet.Crop crop : crops.subList(0, 2)) {
      assertEquals(0, crop.x() % 32 + crop.y() % 32);
      assertTrue(crop.clean().sameAs(photo.crop(crop.x(), crop.y(), 32, 32)));
      assertEquals(8, crop.degraded().width());
      least = Math.min(least, Detail.of(photo, crop.x(), crop.y(), 32, 32));
    }
    int above = 0;
    for (int y = 0; y <= 32; y += 32) {
      for (int x = 0; x <= 64; x += 32) {
        above += Detail.of(photo, x, y, 32, 32) >= least ? 1 : 0;
      }
    }
    assertEquals(2, above);
  }

  @Test
  void equalCellsAreTakenFromTheTopLeft() throws IOException {
    ValidationSet.Crop first = ValidationSet.of(TestPhotos.library(32, "64-64-flat"), 32, 1, RECIPE, 1).getFirst();
    assertEquals(0, first.x() + first.y());
  }

  @Test
  void anotherPhotoChangesNoOtherCropAndTheSeedChangesTheNoise() throws IOException {
    ValidationSet.Crop alone = ValidationSet.of(TestPhotos.library(32, "64-64-b"), 32, 1, RECIPE, 1).getFirst();
    ValidationSet.Crop second = ValidationSet.of(TestPhotos.library(32, "64-64-a", "64-64-b"), 32, 1, RECIPE, 1).get(1);
    ValidationSet.Crop seeded = ValidationSet.of(TestPhotos.library(32, "64-64-b"), 32, 1, RECIPE, 2).getFirst();
    assertTrue(alone.degraded().sameAs(second.degraded()));
    assertTrue(alone.clean().sameAs(seeded.clean()));
    assertTrue(!alone.degraded().sameAs(seeded.degraded()));
  }
}
