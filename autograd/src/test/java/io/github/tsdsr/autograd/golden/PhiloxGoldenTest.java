package io.github.tsdsr.autograd.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Philox;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Random;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The random generator against its published vectors and an independent implementation: golden section 5, philox. */
class PhiloxGoldenTest {
  private final JsonNode golden;

  PhiloxGoldenTest() throws IOException {
    golden = new ObjectMapper().readTree(GoldenFiles.path("ops/philox.json").toFile());
  }

  private static int word(JsonNode hex) {
    return Integer.parseUnsignedInt(hex.asText(), 16);
  }

  private static long two(JsonNode words, int at) {
    return word(words.get(at)) & 0xFFFFFFFFL | (long) word(words.get(at + 1)) << 32;
  }

  private static int[] words(JsonNode list) {
    int[] w = new int[list.size()];
    Arrays.setAll(w, i -> word(list.get(i)));
    return w;
  }

  private static double[] doubles(JsonNode list) {
    double[] d = new double[list.size()];
    Arrays.setAll(d, i -> list.get(i).asDouble());
    return d;
  }

  @Test
  void blocksAreThePublishedVectors() {
    List<JsonNode> vectors = new ArrayList<>();
    golden.get("known_answers_published").forEach(vectors::add);
    golden.get("known_answers_computed").forEach(vectors::add);
    assertEquals(7, vectors.size());
    for (JsonNode v : vectors) {
      int[] out = new int[6];
      Philox.block(two(v.get("key"), 0), two(v.get("counter"), 2), two(v.get("counter"), 0), out, 1);
      assertArrayEquals(words(v.get("output")), Arrays.copyOfRange(out, 1, 5));
    }
  }

  @Test
  void wordsOfASequenceAreNumberedAcrossBlocks() {
    for (JsonNode s : golden.get("sequences")) {
      for (JsonNode part : s.get("parts")) {
        int[] want = words(part.get("words"));
        int[] got = new int[want.length];
        long first = part.get("first").asLong();
        for (int i = 0; i < got.length; i += 4) {
          Philox.block(seed(s, "seed"), seed(s, "stream"), (first + i) / 4, got, i);
        }
        assertArrayEquals(want, got);
      }
    }
  }

  private static long seed(JsonNode sequence, String key) {
    return Long.parseUnsignedLong(sequence.get(key).asText(), 16);
  }

  private static double[] drawn(Backend backend, Random.Distribution d, DType dtype, JsonNode s, long first, int n) {
    try (Scope scope = Scope.on(backend)) {
      Tensor y = scope.empty(dtype, n);
      backend.run(new Random(d, seed(s, "seed"), seed(s, "stream"), first, y));
      return Values.doubles(backend, y);
    }
  }

  @ParameterizedTest
  @EnumSource
  void backendsDrawTheSameNumbersFromAnyPlaceOfASequence(BackendUnderTest on) {
    try (Backend backend = on.open()) {
      for (JsonNode s : golden.get("sequences")) {
        for (JsonNode part : s.get("parts")) {
          for (int skip : new int[] {0, 1, 3}) {
            long first = part.get("first").asLong() + skip;
            double[] uniform = tail(doubles(part.get("uniform")), skip);
            double[] normal = tail(doubles(part.get("normal")), skip);
            int n = uniform.length;
            assertArrayEquals(uniform, drawn(backend, Random.Distribution.UNIFORM, DType.F64, s, first, n), 0);
            double[] rounded = Arrays.stream(uniform).map(u -> (float) u).toArray();
            assertArrayEquals(rounded, drawn(backend, Random.Distribution.UNIFORM, DType.F32, s, first, n), 0);
            assertArrayEquals(normal, drawn(backend, Random.Distribution.NORMAL, DType.F64, s, first, n), 1e-14);
            double[] floats = drawn(backend, Random.Distribution.NORMAL, DType.F32, s, first, n);
            for (int i = 0; i < n; i++) {
              assertEquals(normal[i], floats[i], 2e-7 * Math.max(1, Math.abs(normal[i])));
            }
          }
        }
      }
    }
  }

  private static double[] tail(double[] all, int from) {
    return Arrays.copyOfRange(all, from, all.length);
  }

  @Test
  void extremeWordsGiveFiniteNormals() {
    for (JsonNode c : golden.get("box_muller_corners")) {
      int[] w = words(c.get("words"));
      double[] uniform = doubles(c.get("uniform"));
      double[] normal = doubles(c.get("normal"));
      for (int i = 0; i < 2; i++) {
        assertEquals(uniform[i], Philox.uniform(w[i]), 0);
        assertEquals(normal[i], Philox.normal(w[0], w[1], i == 1), 1e-14);
      }
    }
  }

  @Test
  void aMillionNumbersHaveTheReferencesMomentsAndExtremes() {
    JsonNode s = golden.get("statistics");
    int n = s.get("count").asInt();
    double[] uniform = new double[n];
    double[] normal = new double[n];
    Philox.uniform(seed(s, "seed"), seed(s, "stream"), 0, uniform);
    Philox.normal(seed(s, "seed"), seed(s, "stream"), 0, normal);
    int[] words = new int[n];
    int xor = 0;
    for (int i = 0; i < n; i += 4) {
      Philox.block(seed(s, "seed"), seed(s, "stream"), i / 4, words, i);
    }
    for (int w : words) {
      xor ^= w;
    }
    assertEquals(word(s.get("xor_of_all_words")), xor);
    assertEquals(s.get("uniform_mean").asDouble(), Arrays.stream(uniform).average().orElseThrow(), 1e-12);
    assertEquals(s.get("uniform_min").asDouble(), Arrays.stream(uniform).min().orElseThrow(), 0);
    assertEquals(s.get("uniform_max").asDouble(), Arrays.stream(uniform).max().orElseThrow(), 0);
    double mean = Arrays.stream(normal).average().orElseThrow();
    assertEquals(s.get("normal_mean").asDouble(), mean, 1e-12);
    double variance = Arrays.stream(normal).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    assertEquals(s.get("normal_variance").asDouble(), variance, 1e-9);
    assertEquals(s.get("normal_min").asDouble(), Arrays.stream(normal).min().orElseThrow(), 1e-14);
    assertEquals(s.get("normal_max").asDouble(), Arrays.stream(normal).max().orElseThrow(), 1e-14);
    assertTrue(Arrays.stream(uniform).allMatch(u -> u > 0 && u < 1));
  }
}
