package io.github.tsdsr.train;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that a training run needs to go on exactly where it was: parameters, averages and optimisers' state, the step, and
 * what it belongs to. Data and noise depend on seed and step alone. An old checkpoint goes only when the new one is safely
 * on the disk.
 */
final class Checkpoint {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8})\\.safetensors");

  private final Path folder;
  private final int keep;
  private final Provenance provenance;

  /**
   * @param keep how many of the latest stay
   */
  Checkpoint(Path folder, int keep, Provenance provenance) {
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
  static Optional<Long> latest(Path folder) throws IOException {
    return all(folder).stream().findFirst().map(Checkpoint::steps);
  }

  /** Saves the state after a number of steps. */
  void save(Backend backend, long steps, Map<String, Tensor> state) throws IOException {
    Path file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%08d.safetensors", steps));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("steps", Long.toString(steps));
    metadata.putAll(provenance.metadata());
    SafetensorsWriter.write(file, backend, state, metadata);
    for (Path old : all(folder).stream().skip(keep).toList()) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Restores the latest state into tensors of the same names.
   *
   * @return the steps it was saved after; empty if there is no checkpoint
   * @throws FormatException if it is damaged, belongs to another configuration, or lacks a tensor
   */
  Optional<Long> restore(Backend backend, Map<String, Tensor> state) throws IOException {
    List<Path> files = all(folder);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    Path file = files.getFirst();
    try (SafetensorsFile saved = open(files)) {
      Optional<String> difference = provenance.difference(saved.metadata());
      if (difference.isPresent()) {
        throw new FormatException(file.toString(), "cannot go on with another configuration: " + difference.get());
      }
      state.forEach((name, t) -> backend.run(new Copy(saved.get(name, t.shape()), t)));
      return Optional.of(steps(file));
    }
  }

  /** Opens the first; of a damaged one it says what is lost without it. */
  private static SafetensorsFile open(List<Path> files) throws IOException {
    try {
      return SafetensorsFile.open(files.getFirst());
    } catch (FormatException e) {
      String name = files.getFirst().toString();
      String fault = e.getMessage().startsWith(name + ": ") ? e.getMessage().substring(name.length() + 2)
          : e.getMessage();
      String before = files.size() > 1 ? "goes back to step " + steps(files.get(1)) : "begins the run anew";
      FormatException damaged = new FormatException(name, "deleting it " + before + "; it is damaged: " + fault);
      damaged.initCause(e);
      throw damaged;
    }
  }
}
