package io.github.tsdsr.train.run;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that a training run needs to go on exactly where it was: parameters, averages and optimisers' state, the step, and
 * what it belongs to. Data and noise depend on seed and step alone. An old checkpoint goes only when the new one is safely
 * on the disk.
 */
public final class Checkpoint {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8})\\.safetensors");

  private final Path folder;
  private final int keep;
  private final Provenance provenance;

  /**
   * @param keep how many of the latest stay
   */
  public Checkpoint(Path folder, int keep, Provenance provenance) {
    this.folder = folder;
    this.keep = keep;
    this.provenance = provenance;
  }

  private static List<Path> all(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> NAME.matcher(f.getFileName().toString()).matches())
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    }
  }

  private static long steps(Path file) {
    Matcher m = NAME.matcher(file.getFileName().toString());
    if (!m.matches()) {
      throw new IllegalArgumentException(file + " is no checkpoint");
    }
    return Long.parseLong(m.group(1));
  }

  /** How many steps the latest checkpoint of a folder was saved after; empty if there is none. */
  public static Optional<Long> latest(Path folder) throws IOException {
    return all(folder).stream().findFirst().map(Checkpoint::steps);
  }

  /** Saves the state after a number of steps. */
  public void save(Backend backend, long steps, Map<String, Tensor> state) throws IOException {
    Path file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%08d.safetensors", steps));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("steps", Long.toString(steps));
    metadata.putAll(provenance.metadata());
    SafetensorsWriter.writeChecked(file, backend, state, metadata);
    for (Path old : all(folder).stream().skip(keep).toList()) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Restores the latest whole state into tensors of the same names. A damaged file that is newer, cut short or with a bit
   * changed, is passed over and gets another name: under its own it would count as one of the latest, for which whole ones have to go.
   *
   * @param warnings hears of each file that is passed over, in one line
   * @return the steps it was saved after; empty if there is no checkpoint
   * @throws FormatException if every one is damaged, or the one to go on from belongs to another configuration or lacks a
   *     tensor
   */
  public Optional<Long> restore(Backend backend, Map<String, Tensor> state, Consumer<String> warnings)
      throws IOException {
    Map<Path, FormatException> damaged = new LinkedHashMap<>();
    for (Path file : all(folder)) {
      Optional<SafetensorsFile> opened = open(file, damaged);
      if (opened.isPresent()) {
        try (SafetensorsFile saved = opened.get()) {
          restore(backend, file, saved, state);
        }
        passOver(damaged, steps(file), warnings);
        return Optional.of(steps(file));
      }
    }
    if (damaged.isEmpty()) {
      return Optional.empty();
    }
    Path newest = damaged.keySet().iterator().next();
    FormatException none = new FormatException(
        newest.toString(), "deleting all " + damaged.size() + " checkpoints begins the run anew; none is whole: "
            + fault(newest, damaged.get(newest)));
    damaged.values().forEach(none::addSuppressed);
    throw none;
  }

  private static Optional<SafetensorsFile> open(Path file, Map<Path, FormatException> damaged) throws IOException {
    try {
      SafetensorsFile opened = SafetensorsFile.open(file);
      try {
        opened.verify();
        return Optional.of(opened);
      } catch (FormatException e) {
        opened.close();
        throw e;
      }
    } catch (FormatException e) {
      damaged.put(file, e);
      return Optional.empty();
    }
  }

  private void restore(Backend backend, Path file, SafetensorsFile saved, Map<String, Tensor> state) {
    Optional<String> difference = provenance.difference(saved.metadata());
    if (difference.isPresent()) {
      throw new FormatException(file.toString(), "cannot go on with another configuration: " + difference.get());
    }
    state.forEach((name, t) -> backend.run(new Copy(saved.get(name, t.shape()), t)));
  }

  private static void passOver(Map<Path, FormatException> damaged, long steps, Consumer<String> warnings)
      throws IOException {
    for (Map.Entry<Path, FormatException> e : damaged.entrySet()) {
      Path file = e.getKey();
      Path aside = file.resolveSibling(file.getFileName() + ".damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      warnings.accept(file + ": damaged, renamed to " + aside.getFileName() + "; goes on from step " + steps + ": "
          + fault(file, e.getValue()));
    }
  }

  /** What is wrong, without the file's name before it. */
  private static String fault(Path file, FormatException e) {
    String start = file + ": ";
    return e.getMessage().startsWith(start) ? e.getMessage().substring(start.length()) : e.getMessage();
  }
}
