package io.github.tsdsr.io.model;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The weights of one network from several files; a tensor is taken from the first that has it. Mapped until closed. */
public final class JoinedWeights implements Weights, AutoCloseable {
  private final String where;
  private final List<WeightFiles> files = new ArrayList<>();

  private JoinedWeights(List<Path> paths) {
    where = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  /**
   * Opens the files, see {@link WeightFiles#open}.
   *
   * @throws io.github.tsdsr.io.FormatException if one is not a valid file of weights
   * @throws IOException if one cannot be read
   */
  public static JoinedWeights open(List<Path> paths) throws IOException {
    JoinedWeights opened = new JoinedWeights(paths);
    try {
      for (Path path : paths) {
        opened.files.add(WeightFiles.open(path));
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** What messages call the files: all their names. */
  public String where() {
    return where;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked(where, name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return files.stream().flatMap(f -> f.find(name).stream()).findFirst();
  }

  @Override
  public void close() {
    files.forEach(WeightFiles::close);
  }
}
