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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that a training run needs to go on exactly where it was: parameters, averages and optimisers' state, the step, and
 * the configuration it belongs to. Data and noise depend on seed and step alone. An old checkpoint goes only when the new
 * one is safely on the disk.
 */
final class Checkpoint {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8})\\.safetensors");

  private final Path folder;
  private final int keep;

  /**
   * @param keep how many of the latest stay
   */
  Checkpoint(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  private List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> NAME.matcher(f.getFileName().toString()).matches())
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    }
  }

  /** Saves the state after a number of steps. */
  void save(Backend backend, long steps, String configuration, Map<String, Tensor> state) throws IOException {
    Path file = folder.resolve("checkpoint-%08d.safetensors".formatted(steps));
    SafetensorsWriter.write(
        file, backend, state, Map.of("steps", Long.toString(steps), "configuration", configuration));
    for (Path old : all().stream().skip(keep).toList()) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * Restores the latest state into tensors of the same names.
   *
   * @return the steps it was saved after; empty if there is no checkpoint
   * @throws FormatException if it belongs to another configuration or lacks a tensor
   */
  Optional<Long> restore(Backend backend, String configuration, Map<String, Tensor> state) throws IOException {
    List<Path> files = all();
    if (files.isEmpty()) {
      return Optional.empty();
    }
    Path file = files.getFirst();
    try (SafetensorsFile saved = SafetensorsFile.open(file)) {
      if (!configuration.equals(saved.metadata().get("configuration"))) {
        throw new FormatException(
            file.toString(),
            "was saved under another configuration; give this run another folder, or start again without --resume");
      }
      state.forEach((name, t) -> backend.run(new Copy(saved.get(name, t.shape()), t)));
      Matcher m = NAME.matcher(file.getFileName().toString());
      return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
    }
  }

  /** Whether there is a checkpoint. */
  boolean exists() throws IOException {
    return !all().isEmpty();
  }
}
