package io.github.tsdsr.infer.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LatentTilesTest {
  private static final GoldenTensors OPS = GoldenTensors.read("pipeline/ops.safetensors");

  static List<Object> goldenPlans() {
    return GoldenJson.list(GoldenJson.read("pipeline/tiles.json"));
  }

  @ParameterizedTest
  @MethodSource("goldenPlans")
  void thePublishedTilesAreTheProgramsCalls(Map<String, Object> want) {
    LatentTiles got = LatentTiles.published(whole(want, "w"), whole(want, "h"), whole(want, "tile"),
        whole(want, "overlap"));
    assertEquals(want.get("tiled"), got.tiled());
    if (got.tiled()) {
      assertEquals(whole(want, "tile_used"), got.tileWidth());
      assertEquals(whole(want, "tile_used"), got.tileHeight());
    }
    assertEquals(Arrays.stream(GoldenJson.ints(want.get("x"))).boxed().toList(), got.xs());
    assertEquals(Arrays.stream(GoldenJson.ints(want.get("y"))).boxed().toList(), got.ys());
    List<Rect> calls = GoldenJson.list(want.get("calls_x_y_w_h")).stream().map(GoldenJson::ints)
        .map(c -> new Rect(c[0], c[1], c[2], c[3])).toList();
    assertEquals(calls, got.calls());
  }

  private static int whole(Map<String, Object> from, String key) {
    return ((Number) from.get(key)).intValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 24, 64})
  void thePublishedWindowIsHalfAStepOffDownTheRows(int size) {
    float[] want = OPS.floats("gauss." + size);
    TileWindow window = TileWindow.published(size);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        float w = want[y * size + x];
        assertEquals(w, window.at(x, y), 1e-6 * w);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"12, 40, 16, 4", "20, 30, 16, 4", "33, 33, 16, 8", "40, 9, 16, 4"})
  void blendingConstantTilesAgreesWithTheReference(int height, int width, int tile, int overlap) {
    float[] want = OPS.floats("blend." + height + "x" + width + ".t" + tile + ".o" + overlap);
    LatentTiles tiles = LatentTiles.published(width, height, tile, overlap);
    TileBlend blend = new TileBlend(tiles, TileWindow.published(tiles.tileWidth()), 2);
    int k = 0;
    for (Rect call : tiles.calls()) {
      FloatPixels prediction = FloatPixels.blank(call.width(), call.height(), 2);
      k++;
      for (int i = 0; i < prediction.samples().length; i += 2) {
        prediction.samples()[i] = k;
        prediction.samples()[i + 1] = -3 * k;
      }
      blend.add(call, prediction);
    }
    FloatPixels got = blend.result();
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got.samples()[2 * i], 2e-5);
      assertEquals(-3 * want[i], got.samples()[2 * i + 1], 6e-5);
    }
  }

  @Test
  void anOverlapThatReachesTheTileIsRefusedWhereTheProgramWouldNotEnd() {
    assertEquals("tile overlap 8 for a latent of 600x8 with tiles of 8: expected less than the tile",
        assertThrows(IllegalArgumentException.class, () -> LatentTiles.published(600, 8, 64, 8)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"600, 8, 64, 8, 2", "66, 64, 64, 8, 2", "130, 98, 32, 7, 2", "64, 200, 32, 0, 1", "40, 40, 32, 100, 2",
    "256, 256, 32, 8, 4", "33, 500, 17, 3, 1"})
  void ourTilesCoverTheLatentOnThePatchGridAndOverlapAsAsked(int width, int height, int tile, int overlap, int patch) {
    LatentTiles tiles = LatentTiles.even(width, height, tile, overlap, patch);
    assertTrue(tiles.tiled());
    check(tiles.xs(), tiles.tileWidth(), width, tile, overlap, patch);
    check(tiles.ys(), tiles.tileHeight(), height, tile, overlap, patch);
  }

  private static void check(List<Integer> starts, int size, int length, int tile, int overlap, int patch) {
    assertEquals(Math.min(tile, length), size);
    assertEquals(0, starts.getFirst());
    assertEquals(length - size, starts.getLast());
    for (int i = 0; i < starts.size(); i++) {
      assertEquals(0, starts.get(i) % patch);
      if (i > 0) {
        int shared = starts.get(i - 1) + size - starts.get(i);
        assertTrue(shared >= Math.min(overlap, size - patch) && shared < size, starts.toString());
      }
    }
    int step = size - Math.min(Math.ceilDiv(overlap, patch) * patch, size - patch);
    assertEquals(1 + Math.ceilDiv(length - size, step), starts.size());
  }

  @Test
  void ourTilesLeaveASmallLatentWhole() {
    assertFalse(LatentTiles.even(64, 32, 64, 8, 2).tiled());
    assertThrows(IllegalArgumentException.class, () -> LatentTiles.even(63, 64, 64, 8, 2));
  }

  @Test
  void ourWindowIsTheSameFromBothSides() {
    TileWindow window = TileWindow.centred(12, 7);
    assertEquals(12, window.width());
    assertEquals(7, window.height());
    for (int y = 0; y < 7; y++) {
      for (int x = 0; x < 12; x++) {
        assertEquals(window.at(x, y), window.at(11 - x, 6 - y), 1e-12);
      }
    }
  }

  @Test
  void aPixelThatNoTileReachedIsNamed() {
    LatentTiles tiles = LatentTiles.even(8, 4, 4, 0, 1);
    TileBlend blend = new TileBlend(tiles, TileWindow.centred(4, 4), 1);
    blend.add(0, 0, FloatPixels.blank(4, 4, 1));
    assertEquals("no tile was added at (4, 0)", assertThrows(IllegalStateException.class, blend::result).getMessage());
    assertThrows(IllegalArgumentException.class, () -> blend.add(5, 0, FloatPixels.blank(4, 4, 1)));
    assertThrows(IllegalArgumentException.class, () -> blend.add(0, 0, FloatPixels.blank(3, 4, 1)));
    assertThrows(IllegalArgumentException.class, () -> new TileBlend(tiles, TileWindow.centred(4, 3), 1));
  }
}
