/**
 * The folder of a run and all that lies in it but the model: checkpoints with what they belong to, the log, the sessions, the
 * pictures of the latest validation, and the report that is made of these.
 */
package io.github.tsdsr.train.run;
