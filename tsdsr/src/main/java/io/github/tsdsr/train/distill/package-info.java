/**
 * The mode that distils a one-step student from a teacher: its configuration, its networks, the plan of its phases and its
 * steps. The mathematics is {@code train.tsd}'s.
 */
package io.github.tsdsr.train.distill;
