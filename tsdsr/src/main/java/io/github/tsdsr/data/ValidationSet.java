package io.github.tsdsr.data;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  private static final long PHOTO_BYTES = 2L << 30;
  private static final int DECODERS = 2;
  /** The side of the standard crops. */
  private static final int STANDARD_SIZE = 512;
  /** Standard crops are degraded under this seed. */
  private static final long STANDARD_SEED = 1;

  private ValidationSet() {}

  /**
   * The crops of 512x512 that models are validated on.
   *
   * @param folder its photos are sorted by name; those that are too small are left out
   * @param degradation {@link SimpleDegradation#validation} in training
   * @throws FormatException if it holds no photo that is large enough, or a damaged one
   * @throws IOException if a photo cannot be read
   */
  public static List<Crop> standard(Path folder, int perPhoto, Degradation degradation) throws IOException {
    List<Path> files = PhotoLibrary.filesIn(folder);
    try {
      PhotoLibrary photos = PhotoLibrary.open(files, Pictures::readRgb, STANDARD_SIZE, PHOTO_BYTES, DECODERS);
      return of(photos, STANDARD_SIZE, perPhoto, degradation, STANDARD_SEED);
    } catch (IllegalArgumentException e) {
      throw new FormatException(folder.toString(), e.getMessage());
    }
  }

  /**
   * The crops of all photos, at most perPhoto of each.
   *
   * @throws IllegalArgumentException if size is no multiple of the degradation's scale
   */
  public static List<Crop> of(PhotoLibrary photos, int size, int perPhoto, Degradation degradation, long seed) {
    List<Crop> out = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      BytePixels photo = photos.photo(i);
      String name = photos.file(i).getFileName().toString();
      List<GridCells.Cell> cells = GridCells.of(photo, size);
      for (int rank = 0; rank < Math.min(perPhoto, cells.size()); rank++) {
        GridCells.Cell cell = cells.get(rank);
        BytePixels clean = photo.crop(cell.x(), cell.y(), size, size);
        RandomStream random = RandomStream.named(seed, name, rank);
        out.add(new Crop(name, cell.x(), cell.y(), clean, degradation.degrade(clean, random)));
      }
    }
    return out;
  }
}
