package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Activate;
import io.github.tsdsr.autograd.fn.MaxPool;
import io.github.tsdsr.autograd.nn.Conv2d;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Unary;
import java.util.ArrayList;
import java.util.List;

/** The convolutional part of a classifier: features after the last rectifier of each stage, before the next pooling. */
final class ConvFeatures {
  /** How a picture is made half as large between stages. */
  @FunctionalInterface
  interface Pooling {
    /** The windows that the network was trained with: the largest value of each. */
    Pooling MAX = (tape, x, window) -> MaxPool.apply(tape, x, window, 2, 0, false);

    /**
     * @param x (N,H,W,C)
     * @param window side of the network's own windows, of stride 2
     */
    Var apply(Tape tape, Var x, int window);
  }

  private final FeatureNetwork network;
  private final Pooling pooling;
  private final List<List<Conv2d>> stages = new ArrayList<>();

  /**
   * @param weights {@code features.<index>.weight} (O,C,kh,kw) and {@code .bias}
   * @throws io.github.tsdsr.tensor.WeightsException if one is missing or has another shape
   */
  ConvFeatures(FeatureNetwork network, Pooling pooling, Weights weights) {
    this.network = network;
    this.pooling = pooling;
    int channels = 3;
    for (List<FeatureNetwork.Layer> layers : network.stages()) {
      List<Conv2d> stage = new ArrayList<>();
      for (FeatureNetwork.Layer layer : layers) {
        ConvGeometry geometry = ConvGeometry.square(layer.stride(), layer.padding());
        stage.add(Conv2d.load(weights, layer.name(), layer.channels(), channels, layer.kernel(), geometry));
        channels = layer.channels();
      }
      stages.add(stage);
    }
  }

  /**
   * @param x (N,H,W,3), normalised as the network wants it
   * @return each stage's features (N,H',W',C), finest first
   */
  List<Var> apply(Tape tape, Var x) {
    List<Var> features = new ArrayList<>();
    Var now = x;
    for (int i = 0; i < stages.size(); i++) {
      int stage = i;
      Var in = now;
      now = tape.scoped(() -> stage(tape, stage, in));
      features.add(now);
    }
    return features;
  }

  private Var stage(Tape tape, int stage, Var in) {
    int window = network.poolBefore(stage);
    Var now = window == 0 ? in : pooling.apply(tape, in, window);
    for (Conv2d conv : stages.get(stage)) {
      Var x = now;
      now = tape.scoped(() -> Activate.apply(tape, Unary.Function.RELU, conv.apply(tape, x, Adapters.NONE)));
    }
    return now;
  }
}
