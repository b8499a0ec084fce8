/** Layers: weights under their names, applied with the adapters of a role. Leaves are the weights as a file lays them out. */
package io.github.tsdsr.autograd.nn;
