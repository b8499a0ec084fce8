package io.github.tsdsr.infer.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.pixel.Rect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VaeTilesTest {
  static List<Arguments> goldenTiles() {
    List<Arguments> out = new ArrayList<>();
    for (Object item : GoldenJson.list(GoldenJson.read("pipeline/cases.json"))) {
      Map<String, Object> golden = GoldenJson.object(item);
      Map<String, Object> facts = GoldenJson.object(golden.get("facts"));
      List<Object> args = GoldenJson.list(golden.get("args"));
      for (String part : List.of("encoder", "decoder")) {
        int tile = Integer.parseInt((String) args.get(args.indexOf("--vae-" + part + "-tile") + 1));
        int[] size = GoldenJson.ints(facts.get(part.equals("encoder") ? "processed_size" : "latent_size"));
        out.add(Arguments.of(golden.get("name"), part, size[0], size[1], tile, facts.get("vae_" + part + "_tiles")));
      }
    }
    assertEquals(7, out.stream().filter(a -> a.get()[5] != null).count());
    return out;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldenTiles")
  void theTilesAreThePublishedPrograms(String name, String part, int width, int height, int tile,
      Map<String, Object> want) {
    VaeTiles got = part.equals("encoder")
        ? VaeTiles.encoder(width, height, tile, VaeTiles.ENCODER_MARGIN, 8)
        : VaeTiles.decoder(width, height, tile, VaeTiles.DECODER_MARGIN, 8);
    assertEquals(want != null, got.tiled());
    if (want == null) {
      assertEquals(new Rect(0, 0, width, height), got.tiles().getFirst().read());
      return;
    }
    assertEquals(rects(want.get("read_x0_x1_y0_y1")), got.tiles().stream().map(VaeTiles.Tile::read).toList());
    assertEquals(rects(want.get("written_x0_x1_y0_y1")), got.tiles().stream().map(VaeTiles.Tile::written).toList());
  }

  private static List<Rect> rects(Object list) {
    return GoldenJson.list(list).stream().map(GoldenJson::ints)
        .map(r -> new Rect(r[0], r[2], r[1] - r[0], r[3] - r[2])).toList();
  }

  @ParameterizedTest
  @CsvSource({"512, 1032, 256, 32", "1000, 96, 40, 32", "2048, 2048, 512, 64", "808, 72, 8, 8"})
  void everyOutputPixelIsWrittenOnceByATileThatReadsAroundIt(int width, int height, int tile, int margin) {
    VaeTiles plan = VaeTiles.encoder(width, height, tile, margin, 8);
    int[][] written = new int[height / 8][width / 8];
    for (VaeTiles.Tile t : plan.tiles()) {
      Rect w = t.written();
      for (int y = w.y(); y < w.bottom(); y++) {
        for (int x = w.x(); x < w.right(); x++) {
          written[y][x]++;
        }
      }
      assertEquals(Math.max(w.x() * 8 - margin, 0), t.read().x());
      assertEquals(Math.max(w.y() * 8 - margin, 0), t.read().y());
      assertEquals(0, t.read().width() % 8);
    }
    for (int[] row : written) {
      for (int count : row) {
        assertEquals(1, count);
      }
    }
  }

  @Test
  void anEncoderTileOffTheLatentGridIsRefused() {
    assertEquals(
        "encoder tile 44 with margin 32 for a picture of 512x512: expected multiples of the VAE's factor, 8",
        assertThrows(IllegalArgumentException.class, () -> VaeTiles.encoder(512, 512, 44, 32, 8)).getMessage());
  }

  @Test
  void aPictureOfTileAndMarginsStaysWhole() {
    assertFalse(VaeTiles.encoder(320, 320, 256, 32, 8).tiled());
    assertEquals(4, VaeTiles.encoder(328, 328, 256, 32, 8).tiles().size());
  }
}
