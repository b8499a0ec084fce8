package io.github.tsdsr.cli;

import io.github.tsdsr.io.image.ImageFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pictures of a run with the files that they become.
 *
 * @param problems inputs that give no picture, each as a line that says why
 */
record PictureJobs(List<Job> jobs, List<String> problems) {
  /**
   * One picture.
   *
   * @param below where it lies below the folder that was given
   */
  record Job(Path input, Path below, Path output, ImageFormat format) {}

  /** A picture that was found: the file, and where it lies below the folder that was given. */
  private record Found(Path file, Path below, boolean named) {}

  /**
   * Finds all pictures. Of a folder those files are taken whose names are a picture's, in the order of their names, less
   * hidden ones and the outputs of others.
   *
   * @throws IllegalArgumentException if two inputs have one output, or an output is an input
   */
  static PictureJobs of(List<Path> inputs, boolean recursive, OutputNames names) throws IOException {
    List<String> problems = new ArrayList<>();
    Map<Path, Found> found = new LinkedHashMap<>();
    for (Path input : inputs) {
      int before = problems.size();
      List<Found> here = Files.isDirectory(input)
          ? inFolder(input, recursive, problems)
          : List.of(new Found(input, input.getFileName(), true));
      if (here.isEmpty() && problems.size() == before) {
        problems.add(input + ": no pictures in this folder" + (recursive ? "" : " (below it: --recursive)"));
      }
      here.forEach(f -> found.putIfAbsent(absolute(f.file), f));
    }
    List<Found> pictures = withoutOutputs(List.copyOf(found.values()), names);
    if (names.isOneFile() && pictures.size() > 1) {
      throw new IllegalArgumentException(
          names.of(pictures.getFirst().file, pictures.getFirst().below) + ": one output for " + pictures.size()
              + " pictures, expected a folder");
    }
    return new PictureJobs(jobs(pictures, names), problems);
  }

  private static List<Found> inFolder(Path folder, boolean recursive, List<String> problems) {
    List<Path> files = new ArrayList<>();
    collect(folder, recursive, files, problems);
    return files.stream().sorted().map(f -> new Found(f, folder.relativize(f), false)).toList();
  }

  /** Adds a folder's pictures. One that cannot be read is a problem, not the end: Files.walk would stop there. */
  private static void collect(Path folder, boolean recursive, List<Path> files, List<String> problems) {
    List<Path> inside;
    try (Stream<Path> all = Files.list(folder)) {
      inside = all.filter(f -> !f.getFileName().toString().startsWith(".")).toList();
    } catch (IOException | UncheckedIOException e) {
      problems.add(Failures.message(e, folder));
      return;
    }
    for (Path file : inside) {
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        if (recursive) {
          collect(file, true, files, problems);
        }
      } else if (ImageFormat.ofName(file.getFileName().toString()).isPresent() && Files.isRegularFile(file)) {
        files.add(file);
      }
    }
  }

  /** Leaves out what a folder holds of earlier results: they would be worked on once more. */
  private static List<Found> withoutOutputs(List<Found> found, OutputNames names) {
    if (names.isOneFile()) {
      return found;
    }
    Set<Path> outputs = found.stream().map(f -> entry(names.of(f.file, f.below))).collect(Collectors.toSet());
    return found.stream().filter(f -> f.named || !outputs.contains(entry(f.file))).toList();
  }

  private static List<Job> jobs(List<Found> found, OutputNames names) {
    Map<Path, Path> inputOf = new HashMap<>();
    List<Job> jobs = new ArrayList<>();
    for (Found f : found) {
      Path output = names.of(f.file, f.below);
      Path other = inputOf.put(absolute(output), f.file);
      if (other != null) {
        throw new IllegalArgumentException(other + " and " + f.file + " would both become " + output);
      }
      jobs.add(new Job(f.file, f.below, output, names.format()));
    }
    Map<Path, Path> makerOf = new HashMap<>();
    jobs.forEach(job -> makerOf.put(real(job.output), job.input));
    for (Found f : found) {
      Path maker = makerOf.get(real(f.file));
      if (maker != null) {
        throw new IllegalArgumentException(f.file + " is an input, and the output of " + maker);
      }
    }
    return jobs;
  }

  /** A file that is there under its one name: without links, and in the letters' case that the disk has. */
  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return entry(file);
    }
  }

  /** The name in the real folder: a link in a folder is not what it leads to. */
  private static Path entry(Path file) {
    Path absolute = absolute(file);
    try {
      return absolute.getParent() == null ? absolute
          : absolute.getParent().toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      return absolute;
    }
  }

  private static Path absolute(Path file) {
    return file.toAbsolutePath().normalize();
  }
}
