package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.autograd.nn.GroupNorm;
import io.github.tsdsr.sd3.VaeBlocks.Convolution;
import io.github.tsdsr.sd3.VaeBlocks.Head;
import io.github.tsdsr.sd3.VaeBlocks.Part;
import io.github.tsdsr.sd3.VaeBlocks.Pass;
import io.github.tsdsr.sd3.VaeBlocks.Resnet;
import io.github.tsdsr.sd3.VaeBlocks.Upsampler;
import io.github.tsdsr.tensor.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * The autoencoder between pictures and latents (AutoencoderKL). A picture is (N,H,W,3) with values in [-1,1], sides
 * multiples of {@link VaeConfig#factor}; a latent is (N,H/factor,W/factor,latentChannels).
 */
public final class Vae {
  private final VaeConfig config;
  private final List<Part> encoder = new ArrayList<>();
  private final List<Part> decoder = new ArrayList<>();
  private final boolean recomputes;

  /**
   * @param weights under diffusers' names, such as {@code encoder.conv_in.weight}; they must outlive the model
   * @throws io.github.tsdsr.tensor.WeightsException if one is missing or has another shape than the configuration says
   */
  public Vae(VaeConfig config, Weights weights) {
    this.config = config;
    recomputes = false;
    buildEncoder(weights);
    buildDecoder(weights);
  }

  private Vae(Vae of) {
    config = of.config;
    encoder.addAll(of.encoder);
    decoder.addAll(of.decoder);
    recomputes = true;
  }

  /**
   * The same autoencoder, which saves only what goes into a part (a resnet, an attention) and computes the part again in
   * the backward pass: less memory for about a third more work, and the same gradients.
   */
  public Vae recomputing() {
    return new Vae(this);
  }

  private void buildEncoder(Weights w) {
    List<Integer> channels = config.blockOutChannels();
    int groups = config.normGroups();
    int now = channels.getFirst();
    encoder.add(new Convolution(VaeBlocks.conv3(w, "encoder.conv_in", now, config.inChannels(), VaeBlocks.SAME)));
    for (int level = 0; level < channels.size(); level++) {
      String name = "encoder.down_blocks." + level;
      for (int i = 0; i < config.layersPerBlock(); i++) {
        encoder.add(Resnet.load(w, name + ".resnets." + i, now, channels.get(level), groups));
        now = channels.get(level);
      }
      if (level < channels.size() - 1) {
        encoder.add(new Convolution(VaeBlocks.conv3(w, name + ".downsamplers.0.conv", now, now, VaeBlocks.HALVE)));
      }
    }
    encoder.addAll(VaeBlocks.middle(w, "encoder.mid_block", now, groups, config.midAttention()));
    encoder.add(new Head(
        GroupNorm.load(w, "encoder.conv_norm_out", now, groups, VaeBlocks.EPS),
        VaeBlocks.conv3(w, "encoder.conv_out", 2 * config.latentChannels(), now, VaeBlocks.SAME)));
  }

  private void buildDecoder(Weights w) {
    List<Integer> channels = config.blockOutChannels().reversed();
    int groups = config.normGroups();
    int now = channels.getFirst();
    decoder.add(new Convolution(VaeBlocks.conv3(w, "decoder.conv_in", now, config.latentChannels(), VaeBlocks.SAME)));
    decoder.addAll(VaeBlocks.middle(w, "decoder.mid_block", now, groups, config.midAttention()));
    for (int level = 0; level < channels.size(); level++) {
      String name = "decoder.up_blocks." + level;
      for (int i = 0; i <= config.layersPerBlock(); i++) {
        decoder.add(Resnet.load(w, name + ".resnets." + i, now, channels.get(level), groups));
        now = channels.get(level);
      }
      if (level < channels.size() - 1) {
        decoder.add(new Upsampler(VaeBlocks.conv3(w, name + ".upsamplers.0.conv", now, now, VaeBlocks.SAME)));
      }
    }
    decoder.add(new Head(
        GroupNorm.load(w, "decoder.conv_norm_out", now, groups, VaeBlocks.EPS),
        VaeBlocks.conv3(w, "decoder.conv_out", config.outChannels(), now, VaeBlocks.SAME)));
  }

  public VaeConfig config() {
    return config;
  }

  /** The encoder's output: mean and log-variance of the latent, (N,h,w,2*latentChannels), before any clamp or scaling. */
  public Var moments(Tape tape, Var image, Adapters adapters) {
    return moments(tape, List.of(image), NormRule.EACH, adapters).getFirst();
  }

  /** The moments of several pieces of a picture in step. */
  public List<Var> moments(Tape tape, List<Var> pieces, NormRule rule, Adapters adapters) {
    return VaeBlocks.chain(new Pass(tape, rule, adapters, recomputes), encoder, pieces);
  }

  /**
   * What the encoder sees on its way: the output of the last resnet of each level, finest first, level l of shape
   * (N,H/2^l,W/2^l,blockOutChannels[l]).
   */
  public List<Var> encoderFeatures(Tape tape, Var image, Adapters adapters) {
    Pass pass = new Pass(tape, NormRule.EACH, adapters, recomputes);
    List<Var> features = new ArrayList<>();
    List<Var> now = List.of(image);
    int from = 0;
    for (int level = 0; level < config.blockOutChannels().size(); level++) {
      // Before a level's last resnet: the first convolution, and a smaller picture after each level's resnets.
      int to = (level + 1) * (1 + config.layersPerBlock());
      now = VaeBlocks.chain(pass, encoder.subList(from, to), now);
      features.addAll(now);
      from = to;
    }
    return features;
  }

  /** The mean of the latent, the mode of its distribution: the first half of the moments' channels. */
  public Var mean(Tape tape, Var moments) {
    return View.slice(tape, moments, 3, 0, config.latentChannels());
  }

  /** mean * scaling_factor: what the transformer gets (TSD-SR's program never uses the shift factor). */
  public Var scaled(Tape tape, Var mean) {
    return Affine.apply(tape, mean, config.scalingFactor(), 0);
  }

  /** latent / scaling_factor: what the decoder gets. */
  public Var unscaled(Tape tape, Var latent) {
    return Affine.apply(tape, latent, 1 / config.scalingFactor(), 0);
  }

  /** The picture of a latent (N,h*factor,w*factor,3), not clamped. */
  public Var decode(Tape tape, Var latent, Adapters adapters) {
    return decode(tape, List.of(latent), NormRule.EACH, adapters).getFirst();
  }

  /** The pictures of several pieces of a latent in step. */
  public List<Var> decode(Tape tape, List<Var> pieces, NormRule rule, Adapters adapters) {
    return VaeBlocks.chain(new Pass(tape, rule, adapters, recomputes), decoder, pieces);
  }
}
