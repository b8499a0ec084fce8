package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Fixed crops to measure a model on. The rule: photos in the library's order (sort the files by name); of each, the
 * cells of a grid of size x size that starts at the top left corner, most detailed first, ties from the top and from
 * the left; the first {@code perPhoto} of them. Each is degraded with a random stream of its own, numbered by the
 * CRC-32 of the file's name and its rank, so that adding a photo changes no other crop.
 */
public final class ValidationSet {
  /**
   * One crop.
   *
   * @param name the file's name, without its folders
   * @param x the crop's left column in the photo
   * @param y the crop's top row in the photo
   * @param degraded smaller than {@code clean} by the degradation's scale
   */
  public record Crop(String name, int x, int y, BytePixels clean, BytePixels degraded) {}

  private ValidationSet() {}

  /**
   * The crops of all photos, at most perPhoto of each.
   *
   * @throws IllegalArgumentException if size is no multiple of the degradation's scale
   */
  public static List<Crop> of(PhotoLibrary photos, int size, int perPhoto, SimpleDegradation degradation, long seed) {
    List<Crop> out = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      BytePixels photo = photos.photo(i);
      String name = photos.file(i).getFileName().toString();
      List<Cell> cells = cells(photo, size);
      for (int rank = 0; rank < Math.min(perPhoto, cells.size()); rank++) {
        Cell cell = cells.get(rank);
        BytePixels clean = photo.crop(cell.x, cell.y, size, size);
        RandomStream random = RandomStream.numbered(seed, crc32(name) << 16 | rank);
        out.add(new Crop(name, cell.x, cell.y, clean, degradation.degrade(clean, random)));
      }
    }
    return out;
  }

  private record Cell(int x, int y, long detail) {}

  private static List<Cell> cells(BytePixels photo, int size) {
    List<Cell> cells = new ArrayList<>();
    for (int y = 0; y + size <= photo.height(); y += size) {
      for (int x = 0; x + size <= photo.width(); x += size) {
        cells.add(new Cell(x, y, Detail.of(photo, x, y, size, size)));
      }
    }
    // The sort is stable: ties stay in reading order.
    cells.sort(Comparator.comparingLong(Cell::detail).reversed());
    return cells;
  }

  private static long crc32(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
