/** Colour alignment: the output's details with the input's colours. */
package io.github.tsdsr.infer.colour;
