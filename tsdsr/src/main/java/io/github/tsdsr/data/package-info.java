/**
 * Training data from plain photos: crops, degraded while training runs, loaded ahead. Everything random is a function
 * of (seed, epoch, index) alone, so that the same bytes come for any number of threads and from any point on.
 */
package io.github.tsdsr.data;
