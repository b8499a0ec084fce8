package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.train.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SampleCommandTest {
  @TempDir
  private Path folder;

  private CommandRun sample(Object... arguments) {
    return CommandRun.of(Stream.concat(
        Stream.of("sample", folder.resolve("teacher-run/model"), "--steps", 3, "--threads", 1), Stream.of(arguments)));
  }

  @Test
  void makesPicturesFromNoiseThatFollowFromSeedAndNumber() throws Exception {
    TinyRun.teacherModel(folder);
    CommandRun run = sample("-o", folder.resolve("a"), "--count", 2, "--guidance", 2, "--seed", 7);
    assertEquals(0, run.code(), run.toString());
    BytePixels first = Pictures.readRgb(folder.resolve("a/sample-7-0.png"));
    BytePixels second = Pictures.readRgb(folder.resolve("a/sample-7-1.png"));
    assertEquals(16, first.width());
    assertFalse(Arrays.equals(first.samples(), second.samples()));

    assertEquals(0, sample("-o", folder.resolve("b"), "--count", 1, "--guidance", 2, "--seed", 7).code());
    assertArrayEquals(first.samples(), Pictures.readRgb(folder.resolve("b/sample-7-0.png")).samples());
    assertEquals(
        0, sample("-o", folder.resolve("c"), "--count", 1, "--seed", 7, "--size", "24x16").code());
    assertEquals(24, Pictures.readRgb(folder.resolve("c/sample-7-0.png")).width());
  }

  @Test
  void refusesWhatCannotBeInOneLine() throws Exception {
    TinyRun.teacherModel(folder);
    Files.createDirectories(folder.resolve("a"));
    Files.write(folder.resolve("a/sample-0-0.png"), new byte[1]);
    for (Object[] arguments : new Object[][] {
      {"-o", folder.resolve("a")}, {"-o", folder.resolve("b"), "--size", "15x16"},
      {"-o", folder.resolve("b"), "--size", "x16"}, {"-o", folder.resolve("b"), "--count", 0},
      {"-o", folder.resolve("b"), "--lora", folder.resolve("nothing")}
    }) {
      CommandRun run = sample(arguments);
      assertEquals(2, run.code(), run.toString());
      assertEquals(1, run.err().size(), run.toString());
      assertTrue(run.err().getFirst().startsWith("tsdsr: "), run.toString());
    }
    assertEquals(1, Files.size(folder.resolve("a/sample-0-0.png")));
  }
}
