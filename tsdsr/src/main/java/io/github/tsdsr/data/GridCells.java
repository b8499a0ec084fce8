package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The cells of a photo's grid, which starts at the top left corner. */
public final class GridCells {
  /**
   * One cell.
   *
   * @param x its left column
   * @param y its top row
   */
  public record Cell(int x, int y, long detail) {}

  private GridCells() {}

  /** The whole cells of size x size, most detailed first, ties from the top and from the left. */
  public static List<Cell> of(BytePixels photo, int size) {
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
}
