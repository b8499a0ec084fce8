package io.github.tsdsr.train.perceptual;

import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The weights of {@link Lpips} from the files that people have: torchvision's {@code alexnet-owt-*.pth} or {@code
 * vgg16-*.pth} for the features and the package lpips' {@code alex.pth} or {@code vgg.pth} (v0.1) for the stages' weights;
 * or one file, .safetensors or .pth, that holds both under the same names. Mapped into memory until closed.
 *
 * <pre>{@code
 * try (LpipsFiles files = LpipsFiles.open(List.of(alexnet, alex))) {
 *   Lpips lpips = new Lpips(files.network(), files);
 * }
 * }</pre>
 */
public final class LpipsFiles implements Weights, AutoCloseable {
  private final String where;
  private final List<WeightFiles> files = new ArrayList<>();

  private LpipsFiles(List<Path> paths) {
    where = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  /**
   * Opens the files, in any order; a tensor is taken from the first that has it.
   *
   * @throws io.github.tsdsr.io.FormatException if one is not a valid file of weights
   * @throws IOException if one cannot be read
   */
  public static LpipsFiles open(List<Path> paths) throws IOException {
    LpipsFiles opened = new LpipsFiles(paths);
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

  /**
   * Whose weights these are.
   *
   * @throws io.github.tsdsr.tensor.WeightsException if they are of none that is known
   */
  public FeatureNetwork network() {
    return FeatureNetwork.of(where, this);
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
