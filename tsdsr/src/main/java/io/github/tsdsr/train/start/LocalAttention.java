package io.github.tsdsr.train.start;

import io.github.tsdsr.sd3.MmDitConfig;
import java.util.Arrays;

/**
 * Makes a new transformer begin as one whose heads look at neighbouring patches. The last 16 channels of a token hold its
 * position as four frequencies a side (so a program must read the table from the weights), queries and keys turn them so
 * that each head scores one offset highest, and nothing else writes to them; all other channels hold the patch. AdaLN
 * begins constant with gates of one half, the prediction near zero.
 */
public final class LocalAttention {
  /** Radians per patch, and amplitudes: fitted so that the sum of cosines has one clear peak. */
  private static final double[] FREQUENCY = {2.295, .74, .558, .362};

  private static final double[] WEIGHT = {.309, .198, .275, .218};
  private static final double AMPLITUDE = 0.5;
  private static final double NORM = 2;
  private static final double GATE = 0.5;
  private static final double PREDICTION = 0.005;
  private static final int HEAD = 16;
  private static final int[][] AROUND = {{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}, {1, 1}};
  private static final int[][] AXES = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-2, 0}, {2, 0}, {0, -2}, {0, 2}};

  private final NamedArrays w;
  private final MmDitConfig config;
  private final int width;
  private final int content;

  private LocalAttention(NamedArrays weights, MmDitConfig config) {
    this.w = weights;
    this.config = config;
    this.width = config.width();
    this.content = width - 4 * FREQUENCY.length;
  }

  /**
   * Changes the weights in place.
   *
   * @throws IllegalArgumentException if heads are not of 16 channels or queries and keys are not normalised
   */
  public static void apply(NamedArrays weights, MmDitConfig config) {
    if (config.headDim() != HEAD || !config.qkRmsNorm() || config.heads() < 2) {
      throw new IllegalArgumentException(
          "a local start needs heads of " + HEAD + " channels and RMS-normalised queries and keys, got " + config);
    }
    LocalAttention start = new LocalAttention(weights, config);
    start.positions();
    start.patches();
    for (int layer = 0; layer < config.layers(); layer++) {
      start.block("transformer_blocks." + layer, layer % 2 == 0 ? AROUND : AXES);
    }
    start.output();
  }

  private void positions() {
    float[] table = w.array("pos_embed.pos_embed");
    int max = config.posEmbedMaxSize();
    int n = FREQUENCY.length;
    for (int y = 0; y < max; y++) {
      for (int x = 0; x < max; x++) {
        int at = (y * max + x) * width;
        Arrays.fill(table, at, at + content, 0);
        for (int f = 0; f < n; f++) {
          table[at + content + f] = (float) Math.sin(x * FREQUENCY[f]);
          table[at + content + n + f] = (float) Math.cos(x * FREQUENCY[f]);
          table[at + content + 2 * n + f] = (float) Math.sin(y * FREQUENCY[f]);
          table[at + content + 3 * n + f] = (float) Math.cos(y * FREQUENCY[f]);
        }
      }
    }
  }

  private void patches() {
    String weight = "pos_embed.proj.weight";
    double fanIn = (double) config.inChannels() * config.patchSize() * config.patchSize();
    w.normalRows(weight, 0, content, 1 / Math.sqrt(fanIn));
    w.fillRows(weight, content, width, 0);
    w.fillRows("pos_embed.proj.bias", content, width, 0);
  }

  private void block(String name, int[][] offsets) {
    String attention = name + ".attn.";
    for (int head = 0; head < Math.min(config.heads(), offsets.length); head++) {
      look(attention, head, offsets[head][0], offsets[head][1]);
    }
    w.fill(attention + "norm_q.weight", NORM);
    w.fill(attention + "norm_k.weight", NORM);
    for (String layer : new String[] {attention + "to_out.0", name + ".ff.net.2"}) {
      w.fillRows(layer + ".weight", content, width, 0);
      w.fillRows(layer + ".bias", content, width, 0);
    }
    for (String norm : new String[] {name + ".norm1.linear", name + ".norm1_context.linear"}) {
      w.fill(norm + ".weight", 0);
      w.fill(norm + ".bias", 0);
      if (w.size(norm + ".bias", 0) >= 6L * width) {
        w.fillRows(norm + ".bias", 2L * width, 3L * width, GATE);
        w.fillRows(norm + ".bias", 5L * width, 6L * width, GATE);
      }
    }
  }

  /** Makes a head score highest the patch that lies dy rows below and dx columns to the right. */
  private void look(String attention, int head, int dy, int dx) {
    int s = head * HEAD;
    for (String layer : new String[] {"to_q", "to_k"}) {
      w.fillRows(attention + layer + ".weight", s, s + HEAD, 0);
      w.fillRows(attention + layer + ".bias", s, s + HEAD, 0);
    }
    float[] q = w.array(attention + "to_q.weight");
    float[] k = w.array(attention + "to_k.weight");
    int n = FREQUENCY.length;
    for (int side = 0; side < 2; side++) {
      for (int f = 0; f < n; f++) {
        int rowSin = (s + side * 2 * n + f) * width;
        int rowCos = (s + side * 2 * n + n + f) * width;
        int sin = content + side * 2 * n + f;
        int cos = sin + n;
        double m = AMPLITUDE * Math.sqrt(WEIGHT[f]) * Math.sqrt(n);
        double turn = FREQUENCY[f] * (side == 0 ? dx : dy);
        k[rowSin + sin] = (float) m;
        k[rowCos + cos] = (float) m;
        q[rowSin + sin] = (float) (m * Math.cos(turn));
        q[rowSin + cos] = (float) (m * Math.sin(turn));
        q[rowCos + cos] = (float) (m * Math.cos(turn));
        q[rowCos + sin] = (float) (-m * Math.sin(turn));
      }
    }
  }

  private void output() {
    w.fill("norm_out.linear.weight", 0);
    w.fill("norm_out.linear.bias", 0);
    w.normalRows("proj_out.weight", 0, w.size("proj_out.weight", 0), PREDICTION);
    w.fill("proj_out.bias", 0);
  }
}
