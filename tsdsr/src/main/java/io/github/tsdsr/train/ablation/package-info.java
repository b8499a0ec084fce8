/** One training in several variants under several seeds, measured alike: what each part of a method is good for. */
package io.github.tsdsr.train.ablation;
