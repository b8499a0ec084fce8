/**
 * Starting points from which small models learn in minutes what random ones would not in hours: an autoencoder that
 * already passes pictures through, a transformer whose heads already look at neighbouring patches.
 */
package io.github.tsdsr.train.start;
