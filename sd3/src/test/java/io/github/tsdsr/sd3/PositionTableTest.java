package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.autograd.fn.TimeEmbedding;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The big models' tables of positions and times against the reference: golden section 1, forward/pos_embed. */
class PositionTableTest {
  private static final int WIDTH = 1536;
  private static final int BASE = 64;
  private static final double CLOSE = 3e-6;

  private final SafetensorsFile data = GoldenFiles.safetensors("forward/pos_embed.safetensors");
  private final Backend backend = new ReferenceBackend();

  private double[] stored(String name) {
    return GoldenValues.doubles(backend, data, name);
  }

  @Test
  void cropsOfBothModelsTablesAreTheReferences() {
    for (String model : new String[] {"sd3", "sd35"}) {
      int size = model.equals("sd3") ? 192 : 384;
      float[] table = PositionTable.sinCos(size, BASE, WIDTH);
      Set<String> crops = new TreeSet<>();
      data.names().stream().filter(n -> n.startsWith(model + ".") && n.endsWith(".rows"))
          .forEach(n -> crops.add(n.substring(0, n.length() - ".rows".length())));
      assertEquals(model.equals("sd3") ? 4 : 1, crops.size());
      crops.forEach(crop -> check(table, size, crop));
    }
  }

  private void check(float[] table, int size, String crop) {
    String[] sides = crop.substring(crop.indexOf('.') + 1).split("x");
    int h = Integer.parseInt(sides[0]) / 2;
    int w = Integer.parseInt(sides[1]) / 2;
    int top = (size - h) / 2;
    int left = (size - w) / 2;
    double[] rows = stored(crop + ".rows");
    double[] first = stored(crop + ".first8");
    double[] last = stored(crop + ".last8");
    double[] quarters = stored(crop + ".quarter_starts");
    double[] full = data.names().contains(crop + ".full_rows") ? stored(crop + ".full_rows") : null;
    for (int r = 0; r < 3; r++) {
      int at = ((top + (int) rows[r] / w) * size + left + (int) rows[r] % w) * WIDTH;
      for (int c = 0; c < 8; c++) {
        assertEquals(first[8 * r + c], table[at + c], CLOSE, crop);
        assertEquals(last[8 * r + c], table[at + WIDTH - 8 + c], CLOSE, crop);
        for (int q = 0; q < 4; q++) {
          assertEquals(quarters[(r * 4 + q) * 8 + c], table[at + q * WIDTH / 4 + c], CLOSE, crop + ", quarter " + q);
        }
      }
      for (int c = 0; full != null && c < WIDTH; c++) {
        assertEquals(full[r * WIDTH + c], table[at + c], CLOSE, crop + ", channel " + c);
      }
    }
    double[] sums = stored(crop + ".sum_of_each_channel");
    for (int c = 0; c < WIDTH; c++) {
      double sum = 0;
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          sum += table[((top + y) * size + left + x) * WIDTH + c];
        }
      }
      assertEquals(sums[c], sum, 1e-3, crop + ", sum of channel " + c);
    }
  }

  @Test
  void timesAreEmbeddedAsTheExactReferenceDoes() {
    double[] times = stored("time.timestep");
    double[] want = stored("time.embedding");
    for (int i = 0; i < times.length; i++) {
      double[] got = TimeEmbedding.of(times[i], 256);
      for (int c = 0; c < 256; c++) {
        assertEquals(want[256 * i + c], got[c], 1e-7);
      }
    }
  }

  @Test
  void aTableHasAMultipleOfFourChannels() {
    assertThrows(IllegalArgumentException.class, () -> PositionTable.sinCos(4, 2, 6));
  }
}
