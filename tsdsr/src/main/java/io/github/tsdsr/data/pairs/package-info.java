/**
 * Training sets as the method's authors lay them out: {@code gt/} with clean pictures, {@code lr_bicubic/} with degraded ones
 * of the same names and sizes, and caches of what a network made of them. {@link io.github.tsdsr.data.pairs.PairMaker} and
 * {@link io.github.tsdsr.data.pairs.LatentMaker} write them, {@link io.github.tsdsr.data.pairs.PairFolder} reads them.
 */
package io.github.tsdsr.data.pairs;
