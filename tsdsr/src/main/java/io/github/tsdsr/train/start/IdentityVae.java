package io.github.tsdsr.train.start;

import io.github.tsdsr.sd3.VaeConfig;
import java.util.List;

/**
 * Makes a new autoencoder begin as a near identity. Red, green and blue travel as pairs of channels (+x, -x), since silu(x) -
 * silu(-x) = x; two channels of every group hold constants +-sqrt(group size / 2), which make a group norm nearly affine;
 * downsampling is a 2x2 box, upsampling the kernel [1 2 1]; the first three latent channels are twice the colours. The
 * residual branches start small.
 */
public final class IdentityVae {
  private static final double LATENT_GAIN = 2;
  private static final double RESIDUAL = 0.1;
  private static final double OTHER_OUTPUT = 0.09;
  private static final double LOG_VARIANCE = -10;
  private static final double[] POINT = {1};
  private static final double[] CENTRE = {0, 0, 0, 0, 1, 0, 0, 0, 0};
  private static final double[] BOX = {.25, .25, 0, .25, .25, 0, 0, 0, 0};
  private static final double[] TENT = {
    1 / 16., 2 / 16., 1 / 16., 2 / 16., 4 / 16., 2 / 16., 1 / 16., 2 / 16., 1 / 16.
  };

  private final NamedArrays w;
  private final VaeConfig config;

  private IdentityVae(NamedArrays weights, VaeConfig config) {
    this.w = weights;
    this.config = config;
  }

  /**
   * Changes the weights in place.
   *
   * @throws IllegalArgumentException if the model has fewer than three groups or groups of fewer than four channels
   */
  public static void apply(NamedArrays weights, VaeConfig config) {
    for (int c : config.blockOutChannels()) {
      if (config.normGroups() < 3 || c / config.normGroups() < 4) {
        throw new IllegalArgumentException(
            "an identity-like start needs at least 3 groups of 4 channels, got " + config.normGroups() + " groups of "
                + c);
      }
    }
    IdentityVae start = new IdentityVae(weights, config);
    start.encoder();
    start.decoder();
  }

  private int positive(int channels, int colour) {
    return channels / config.normGroups() * colour;
  }

  private int negative(int channels, int colour) {
    return positive(channels, colour) + 1;
  }

  private void encoder() {
    List<Integer> levels = config.blockOutChannels();
    int first = levels.getFirst();
    constants("encoder.conv_in", first);
    for (int i = 0; i < 3; i++) {
      kernel("encoder.conv_in", positive(first, i), i, CENTRE, 1);
      kernel("encoder.conv_in", negative(first, i), i, CENTRE, -1);
    }
    int now = first;
    for (int level = 0; level < levels.size(); level++) {
      String name = "encoder.down_blocks." + level;
      for (int i = 0; i < config.layersPerBlock(); i++) {
        resnet(name + ".resnets." + i, now, levels.get(level));
        now = levels.get(level);
      }
      if (level < levels.size() - 1) {
        pass(name + ".downsamplers.0.conv", now, now, BOX);
      }
    }
    middle("encoder.mid_block", now);
    String out = "encoder.conv_out";
    int latent = config.latentChannels();
    for (int i = latent; i < 2 * latent; i++) {
      scaleRow(out + ".weight", i, RESIDUAL);
      w.array(out + ".bias")[i] = (float) LOG_VARIANCE;
    }
    for (int i = 0; i < 3; i++) {
      clearRow(out, i);
      kernel(out, i, positive(now, i), CENTRE, LATENT_GAIN);
      kernel(out, i, negative(now, i), CENTRE, -LATENT_GAIN);
    }
  }

  private void decoder() {
    List<Integer> levels = config.blockOutChannels().reversed();
    int now = levels.getFirst();
    constants("decoder.conv_in", now);
    for (int i = 0; i < 3; i++) {
      kernel("decoder.conv_in", positive(now, i), i, CENTRE, 1 / LATENT_GAIN);
      kernel("decoder.conv_in", negative(now, i), i, CENTRE, -1 / LATENT_GAIN);
    }
    middle("decoder.mid_block", now);
    for (int level = 0; level < levels.size(); level++) {
      String name = "decoder.up_blocks." + level;
      for (int i = 0; i <= config.layersPerBlock(); i++) {
        resnet(name + ".resnets." + i, now, levels.get(level));
        now = levels.get(level);
      }
      if (level < levels.size() - 1) {
        pass(name + ".upsamplers.0.conv", now, now, TENT);
      }
    }
    String out = "decoder.conv_out";
    w.scale(out + ".weight", OTHER_OUTPUT);
    w.fill(out + ".bias", 0);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        kernel(out, i, positive(now, j), CENTRE, i == j ? 1 : 0);
        kernel(out, i, negative(now, j), CENTRE, i == j ? -1 : 0);
      }
    }
  }

  private void middle(String name, int channels) {
    resnet(name + ".resnets.0", channels, channels);
    resnet(name + ".resnets.1", channels, channels);
  }

  private void resnet(String name, int in, int out) {
    w.scale(name + ".conv2.weight", RESIDUAL);
    w.fill(name + ".conv2.bias", 0);
    float[] bias = w.array(name + ".conv1.bias");
    for (int c = 0; c < out; c++) {
      bias[c] = 1 - 2 * (c % 2);
    }
    if (in != out) {
      pass(name + ".conv_shortcut", in, out, POINT);
    }
  }

  /** The colours' channels pass through a kernel, the constants are made anew, the rest stays as it began. */
  private void pass(String name, int in, int out, double[] kernel) {
    constants(name, out);
    for (int i = 0; i < 3; i++) {
      kernel(name, positive(out, i), positive(in, i), kernel, 1);
      kernel(name, negative(out, i), negative(in, i), kernel, 1);
    }
  }

  private void constants(String name, int channels) {
    int size = channels / config.normGroups();
    float constant = (float) Math.sqrt(size / 2.0);
    float[] bias = w.array(name + ".bias");
    for (int g = 0; g < config.normGroups(); g++) {
      clearRow(name, g * size + 2);
      clearRow(name, g * size + 3);
      bias[g * size + 2] = constant;
      bias[g * size + 3] = -constant;
    }
    for (int i = 0; i < 3; i++) {
      clearRow(name, positive(channels, i));
      clearRow(name, negative(channels, i));
    }
  }

  private void clearRow(String name, int row) {
    w.fillRows(name + ".weight", row, row + 1, 0);
    w.array(name + ".bias")[row] = 0;
  }

  private void scaleRow(String name, int row, double factor) {
    float[] a = w.array(name);
    int length = Math.toIntExact(a.length / w.size(name, 0));
    for (int i = 0; i < length; i++) {
      a[row * length + i] *= (float) factor;
    }
  }

  private void kernel(String name, int out, int in, double[] kernel, double factor) {
    float[] a = w.array(name + ".weight");
    int channels = Math.toIntExact(w.size(name + ".weight", 1));
    for (int i = 0; i < kernel.length; i++) {
      a[(out * channels + in) * kernel.length + i] = (float) (factor * kernel[i]);
    }
  }
}
