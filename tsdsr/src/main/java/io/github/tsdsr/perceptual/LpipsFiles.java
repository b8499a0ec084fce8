package io.github.tsdsr.perceptual;

import io.github.tsdsr.io.model.JoinedWeights;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
  private final JoinedWeights files;

  private LpipsFiles(JoinedWeights files) {
    this.files = files;
  }

  /**
   * Opens the files, in any order; a tensor is taken from the first that has it.
   *
   * @throws io.github.tsdsr.io.FormatException if one is not a valid file of weights
   * @throws IOException if one cannot be read
   */
  public static LpipsFiles open(List<Path> paths) throws IOException {
    return new LpipsFiles(JoinedWeights.open(paths));
  }

  /**
   * Whose weights these are.
   *
   * @throws io.github.tsdsr.tensor.WeightsException if they are of none that is known
   */
  public FeatureNetwork network() {
    return FeatureNetwork.of(files.where(), files);
  }

  @Override
  public Tensor get(String name, long... shape) {
    return files.get(name, shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return files.find(name);
  }

  @Override
  public void close() {
    files.close();
  }
}
