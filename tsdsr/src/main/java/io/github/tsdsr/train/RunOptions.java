package io.github.tsdsr.train;

/**
 * How a run is started; none of it changes a number of the training.
 *
 * @param resume go on from the latest checkpoint, if there is one
 * @param until end after this many steps, counted from the run's very beginning; the learning rate's schedule stays
 */
public record RunOptions(boolean resume, long until) {
  public RunOptions {
    if (until < 1) {
      throw new IllegalArgumentException("until step " + until + ": expected at least 1");
    }
  }

  /** From the beginning to the end. */
  public static RunOptions whole() {
    return new RunOptions(false, Long.MAX_VALUE);
  }

  /** From the latest checkpoint to the end. */
  public static RunOptions resumed() {
    return new RunOptions(true, Long.MAX_VALUE);
  }
}
