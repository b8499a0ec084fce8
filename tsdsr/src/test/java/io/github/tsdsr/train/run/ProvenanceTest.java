package io.github.tsdsr.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProvenanceTest {
  private static Optional<String> difference(String then, String now) {
    return Provenance.of(now, Map.of()).difference(Map.of("steps", "5", "configuration", then));
  }

  @Test
  void pathsThreadsAndFrequenciesMayChange() {
    assertEquals(Optional.empty(), difference(
        "{\"rate\": 0.002, \"photos\": \"a\", \"validation\": \"b\", \"out\": \"c\", \"vae\": \"d/vae\", \"loaders\": 1}",
        "{\"vae\": \"e\", \"rate\": 2e-3, \"keep\": 5, \"checkpoint_every\": 7, \"validate_every\": 1}"));
  }

  @Test
  void whatPathsLeadToHasItsFingerprintAndOnlyWhetherTheyAreGivenCounts() {
    assertEquals(Optional.empty(), difference(
        "{\"teacher\": \"a\", \"student_lora\": {\"from\": \"b\", \"rank\": 4}, \"lpips\": [\"c\", \"d\"]}",
        "{\"teacher\": \"e/a\", \"student_lora\": {\"from\": \"f\", \"rank\": 4}, \"lpips\": [\"g\", \"h\"]}"));
    assertEquals(Optional.of("key teacher_lora was not given then, is \"given\" now"),
        difference("{\"teacher\": \"a\"}", "{\"teacher\": \"a\", \"teacher_lora\": \"b\"}"));
    assertEquals(Optional.of("key lora.rank was 4 then, is 8 now"),
        difference("{\"lora\": {\"from\": \"a\", \"rank\": 4}}", "{\"lora\": {\"from\": \"b\", \"rank\": 8}}"));
  }

  @Test
  void theFirstDifferenceIsNamedWithItsValues() {
    assertEquals(Optional.of("key a.b was [1,2] then, is [1,3] now"),
        difference("{\"z\": 1, \"a\": {\"b\": [1, 2]}}", "{\"z\": 2, \"a\": {\"b\": [1, 3]}}"));
    assertEquals(Optional.of("key ema was 0.9 then, is not given now"), difference("{\"ema\": 0.9}", "{}"));
    // The shape of an autoencoder in training is no path.
    assertEquals(Optional.of("key vae.latent_channels was 4 then, is 8 now"),
        difference("{\"vae\": {\"latent_channels\": 4}}", "{\"vae\": {\"latent_channels\": 8}}"));
  }

  @Test
  void fingerprintsAreComparedWhereTheCheckpointHasThem() {
    Provenance now = Provenance.of("{}", Map.of("photos", "2 of 2 files, 00000001"));
    assertEquals(Optional.empty(), now.difference(now.metadata()));
    assertEquals(Optional.empty(), now.difference(Map.of("configuration", "{}")));
    assertEquals(Optional.of("the photos differ: 3 of 3 files, 00000002 then, 2 of 2 files, 00000001 now"),
        now.difference(Map.of("configuration", "{}", "input.photos", "3 of 3 files, 00000002")));
    assertEquals(Optional.of("it names no configuration"), now.difference(Map.of()));
  }
}
