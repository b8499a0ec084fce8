/**
 * The parts of a model as diffusers lays them out in folders: a component's weights in one file or in shards with an index,
 * embedded prompts, and weights brought to where a backend computes.
 */
package io.github.tsdsr.io.model;
