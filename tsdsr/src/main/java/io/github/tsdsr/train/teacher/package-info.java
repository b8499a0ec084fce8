/** Pre-training of a teacher: a small transformer learns by flow matching what photos look like. */
package io.github.tsdsr.train.teacher;
