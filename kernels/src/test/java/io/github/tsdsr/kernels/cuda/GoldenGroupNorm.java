package io.github.tsdsr.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A case of the golden operator family group_norm_silu (its tensors x, weight, bias, y): x and y (N,C,H,W) turned to
 * (N,H,W,C), all values as in the file.
 */
record GoldenGroupNorm(
    String name,
    int n,
    int h,
    int w,
    int c,
    int groups,
    double eps,
    float[] x,
    float[] weight,
    float[] bias,
    float[] y) {
  private static final String FILE = "/golden/ops/group_norm_silu.safetensors";
  private static final Pattern CASE =
      Pattern.compile("\\\\\"(case\\d+)\\\\\": \\{\\\\\"groups\\\\\": (\\d+), \\\\\"eps\\\\\": ([^,}]+)");

  static List<GoldenGroupNorm> cases() throws IOException {
    ByteBuffer file;
    try (InputStream in = GoldenGroupNorm.class.getResourceAsStream(FILE)) {
      file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
    byte[] headerBytes = new byte[(int) file.getLong()];
    file.get(headerBytes);
    String header = new String(headerBytes, StandardCharsets.UTF_8);
    ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<GoldenGroupNorm> cases = new ArrayList<>();
    Matcher m = CASE.matcher(header);
    while (m.find()) {
      String name = m.group(1);
      int[] shape = numbers(header, name + ".x", "shape");
      int n = shape[0];
      int c = shape[1];
      int pixels = shape[2] * shape[3];
      cases.add(new GoldenGroupNorm(name, n, shape[2], shape[3], c, Integer.parseInt(m.group(2)),
          Double.parseDouble(m.group(3)), channelsLast(floats(header, data, name + ".x"), n, c, pixels),
          floats(header, data, name + ".weight"), floats(header, data, name + ".bias"),
          channelsLast(floats(header, data, name + ".y"), n, c, pixels)));
    }
    return cases;
  }

  private static int[] numbers(String header, String tensor, String key) {
    Matcher m = Pattern.compile('"' + Pattern.quote(tensor) + "\":\\s*\\{[^}]*\"" + key + "\":\\s*\\[([^\\]]*)\\]")
        .matcher(header);
    if (!m.find()) {
      throw new IllegalStateException("no " + key + " of " + tensor + " in " + FILE);
    }
    return Pattern.compile(",").splitAsStream(m.group(1)).mapToInt(s -> Integer.parseInt(s.strip())).toArray();
  }

  private static float[] floats(String header, ByteBuffer data, String tensor) {
    int[] range = numbers(header, tensor, "data_offsets");
    float[] out = new float[(range[1] - range[0]) / 4];
    data.slice(range[0], range[1] - range[0]).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(out);
    return out;
  }

  private static float[] channelsLast(float[] from, int n, int c, int pixels) {
    float[] to = new float[from.length];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < c; k++) {
        for (int p = 0; p < pixels; p++) {
          to[(i * pixels + p) * c + k] = from[(i * c + k) * pixels + p];
        }
      }
    }
    return to;
  }

  @Override
  public String toString() {
    return name + " " + n + "x" + h + "x" + w + "x" + c + ", " + groups + " groups";
  }
}
