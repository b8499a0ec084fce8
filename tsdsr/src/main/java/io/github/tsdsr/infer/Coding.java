package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.sd3.NormRule;
import io.github.tsdsr.sd3.Vae;
import java.util.List;

/** A way through the autoencoder, and what is wanted at its end. */
enum Coding {
  /** From a picture to the mean of the latent's distribution, times the scaling factor. */
  MEAN {
    @Override
    List<Var> run(Tape tape, OneStepModel model, List<Var> pieces, NormRule norms) {
      Vae vae = model.vae();
      return vae.moments(tape, pieces, norms, model.vaeAdapters()).stream()
          .map(m -> vae.scaled(tape, vae.mean(tape, m)))
          .toList();
    }
  },
  /** From a picture to mean and log-variance of the latent's distribution. */
  MOMENTS {
    @Override
    List<Var> run(Tape tape, OneStepModel model, List<Var> pieces, NormRule norms) {
      return model.vae().moments(tape, pieces, norms, model.vaeAdapters());
    }

    @Override
    int channels(Vae vae) {
      return 2 * vae.config().latentChannels();
    }
  },
  /** From a latent to its picture, not clamped. */
  PICTURE {
    @Override
    List<Var> run(Tape tape, OneStepModel model, List<Var> pieces, NormRule norms) {
      Vae vae = model.vae();
      List<Var> unscaled = pieces.stream().map(z -> vae.unscaled(tape, z)).toList();
      return vae.decode(tape, unscaled, norms, model.vaeAdapters());
    }

    @Override
    int channels(Vae vae) {
      return vae.config().outChannels();
    }
  };

  /** Runs pieces of a picture or latent in step. */
  abstract List<Var> run(Tape tape, OneStepModel model, List<Var> pieces, NormRule norms);

  /** Channels of the result. */
  int channels(Vae vae) {
    return vae.config().latentChannels();
  }

  boolean encodes() {
    return this != PICTURE;
  }

  /** A length of what goes in, in pixels of what comes out. */
  int scaled(int length, Vae vae) {
    return encodes() ? length / vae.config().factor() : length * vae.config().factor();
  }
}
