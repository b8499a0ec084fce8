/** A page about a training run: curves as SVG, pictures side by side, all in one file without anything from elsewhere. */
package io.github.tsdsr.train.report;
