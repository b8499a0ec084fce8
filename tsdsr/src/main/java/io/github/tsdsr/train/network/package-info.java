/**
 * The networks of a training: frozen ones of a model folder, ones that are trained with their learned prompts, the one-step
 * student that is made of them; and the model folders that they become.
 */
package io.github.tsdsr.train.network;
