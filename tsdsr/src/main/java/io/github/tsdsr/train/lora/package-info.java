/** Adapters in training: new ones or those of a file, and the files that they become. */
package io.github.tsdsr.train.lora;
