package io.github.tsdsr.bench;

import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long a user waits: {@code bin/bench --photo PICTURE [--runs N]} starts the launcher anew for every run, the ways of
 * calling it in turn, and prints the wall's time of whole processes and, on Linux, their processor time.
 */
final class PhotoTime {
  private static final Path LAUNCHER = Path.of("bin", "tsdsr");
  /** Of them all but the first are further ones. */
  private static final int PICTURES = 4;

  private PhotoTime() {}

  /** Of one process, seconds. */
  private record Run(double wall, double processor) {}

  /**
   * @param arguments without the {@code --photo} before them
   */
  static void run(String... arguments) throws IOException, InterruptedException {
    if (arguments.length != 1 && (arguments.length != 3 || !arguments[1].equals("--runs"))) {
      throw new IllegalArgumentException("expected --photo PICTURE [--runs N]");
    }
    int runs = arguments.length == 1 ? 7 : Integer.parseInt(arguments[2]);
    Path folder = Files.createTempDirectory("tsdsr-photo");
    try {
      measure(folder, Path.of(arguments[0]), runs);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void measure(Path folder, Path photo, int runs) throws IOException, InterruptedException {
    Image picture = Images.read(photo).upright();
    Path several = Files.createDirectory(folder.resolve("several"));
    for (int i = 0; i < PICTURES; i++) {
      Files.copy(photo, several.resolve(i + "-" + photo.getFileName()));
    }
    Path quarter = folder.resolve("quarter.png");
    BytePixels half = Pictures.rgb(picture).crop(
        picture.width() / 4, picture.height() / 4, picture.width() / 2, picture.height() / 2);
    Images.write(Pictures.image(half), quarter, ImageFormat.PNG);

    String size = picture.width() + "x" + picture.height();
    Map<String, List<String>> calls = new LinkedHashMap<>();
    calls.put(size, List.of(photo.toString()));
    calls.put(size + " --fidelity 1", List.of(photo.toString(), "--fidelity", "1"));
    calls.put(half.width() + "x" + half.height(), List.of(quarter.toString()));
    calls.put(PICTURES + " pictures of " + size, List.of(several.toString()));
    Map<String, List<Run>> outcomes = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      for (String name : calls.keySet()) {
        outcomes.computeIfAbsent(name, _ -> new ArrayList<>()).add(time(folder.resolve("out"), calls.get(name)));
      }
    }
    System.out.println("| upscale, start-up included | least s | median s | most s | processor s, median |");
    System.out.println("|---|---:|---:|---:|---:|");
    outcomes.forEach((name, outcome) -> System.out.println(row(name, outcome)));
    double further = (median(outcomes.get(PICTURES + " pictures of " + size).stream().mapToDouble(Run::wall).toArray())
        - median(outcomes.get(size).stream().mapToDouble(Run::wall).toArray())) / (PICTURES - 1);
    System.out.println("Each further picture of a folder: " + seconds(further) + " s (" + runs + " runs of each).");
  }

  private static Run time(Path out, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "upscale"));
    command.addAll(arguments);
    command.addAll(List.of("-o", out.toString() + "/", "--overwrite", "--quiet"));
    double before = childrensProcessorSeconds();
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    int code = process.waitFor();
    double wall = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with code " + code);
    }
    return new Run(wall, childrensProcessorSeconds() - before);
  }

  /** Of all child processes that have ended, by Linux' ticks of a hundredth of a second; NaN elsewhere. */
  private static double childrensProcessorSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // The command's name, in parentheses, may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / 100.0;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static String row(String name, List<Run> runs) {
    double[] wall = runs.stream().mapToDouble(Run::wall).sorted().toArray();
    double processor = median(runs.stream().mapToDouble(Run::processor).toArray());
    return "| " + name + " | " + seconds(wall[0]) + " | " + seconds(median(wall)) + " | "
        + seconds(wall[wall.length - 1])
        + " | " + seconds(processor) + " |";
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
