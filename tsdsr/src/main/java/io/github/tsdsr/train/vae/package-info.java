/** The mode that trains an autoencoder on clean photos, from a start that already passes pictures through. */
package io.github.tsdsr.train.vae;
