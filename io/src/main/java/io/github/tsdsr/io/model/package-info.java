/** Weights of a model's component as diffusers lays them out in a folder: one file, or shards with an index. */
package io.github.tsdsr.io.model;
