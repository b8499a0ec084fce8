/** Training from plain photos: objectives, the loop with its optimisers, checkpoints, logs. */
package io.github.tsdsr.train;
