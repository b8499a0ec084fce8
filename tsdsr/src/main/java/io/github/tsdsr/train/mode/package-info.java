/**
 * What all modes of training share: what a mode is, the settings and pictures of a run, and the workspace in which a recipe
 * from the configuration is set up as a mode.
 */
package io.github.tsdsr.train.mode;
