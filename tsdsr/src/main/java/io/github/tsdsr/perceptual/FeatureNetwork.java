package io.github.tsdsr.perceptual;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.util.List;

/** The classifiers whose features perceptual metrics compare, as torchvision builds and names them. */
public enum FeatureNetwork {
  /** Krizhevsky's second network (2014): five convolutions, overlapping windows of 3 between the first three. */
  ALEXNET("AlexNet", 31, 3, List.of(
      List.of(new Layer(0, 64, 11, 4, 2)),
      List.of(new Layer(3, 192, 5, 1, 2)),
      List.of(new Layer(6, 384, 3, 1, 1)),
      List.of(new Layer(8, 256, 3, 1, 1)),
      List.of(new Layer(10, 256, 3, 1, 1))), 2),
  /** Simonyan and Zisserman's network D (2014): thirteen convolutions of 3x3, windows of 2 between five groups. */
  VGG16("VGG16", 16, 2, List.of(
      List.of(new Layer(0, 64), new Layer(2, 64)),
      List.of(new Layer(5, 128), new Layer(7, 128)),
      List.of(new Layer(10, 256), new Layer(12, 256), new Layer(14, 256)),
      List.of(new Layer(17, 512), new Layer(19, 512), new Layer(21, 512)),
      List.of(new Layer(24, 512), new Layer(26, 512), new Layer(28, 512))), 4);

  /** A convolution, each followed by a rectifier: {@code features.<index>} in the files. */
  record Layer(int index, int channels, int kernel, int stride, int padding) {
    Layer(int index, int channels) {
      this(index, channels, 3, 1, 1);
    }

    String name() {
      return "features." + index;
    }
  }

  private final String title;
  private final int smallestSide;
  private final int pool;
  private final List<List<Layer>> stages;
  private final int pools;

  /**
   * @param pool side of the pooling windows, of stride 2
   * @param stages the features of the last layer of each are compared
   * @param pools the stages after the first so many begin without pooling
   */
  FeatureNetwork(String title, int smallestSide, int pool, List<List<Layer>> stages, int pools) {
    this.title = title;
    this.smallestSide = smallestSide;
    this.pool = pool;
    this.stages = stages;
    this.pools = pools;
  }

  /** The name that people use. */
  public String title() {
    return title;
  }

  /** The least width and height of a picture of which every stage has features. */
  public int smallestSide() {
    return smallestSide;
  }

  /** Side of the windows before a stage; 0 for none. */
  int poolBefore(int stage) {
    return stage >= 1 && stage <= pools ? pool : 0;
  }

  List<List<Layer>> stages() {
    return stages;
  }

  /** Channels of each stage's features. */
  public List<Integer> channels() {
    return stages.stream().map(s -> s.getLast().channels()).toList();
  }

  /**
   * The network that weights belong to, by the size of its first kernel.
   *
   * @param where what messages call the weights
   * @throws WeightsException if they belong to none
   */
  static FeatureNetwork of(String where, Weights weights) {
    String first = ALEXNET.stages.getFirst().getFirst().name() + ".weight";
    Tensor kernel = weights.find(first).orElseThrow(() -> new WeightsException(
        where + ": no tensor " + first + "; expected torchvision's alexnet or vgg16"));
    for (FeatureNetwork n : values()) {
      Layer layer = n.stages.getFirst().getFirst();
      if (kernel.hasShape(layer.channels, 3, layer.kernel, layer.kernel)) {
        return n;
      }
    }
    throw new WeightsException(where + ": tensor " + first + " has shape " + kernel.layout()
        + ", expected that of torchvision's alexnet, 64x3x11x11, or vgg16, 64x3x3x3");
  }
}
