/**
 * The mode that trains a one-step student by reconstruction on a frozen autoencoder, from a start that looks at neighbouring
 * patches: small models of our own. A student with a teacher is {@code train.distill}'s.
 */
package io.github.tsdsr.train.student;
