package io.github.tsdsr.cli;

/** What the program's exit says. */
final class ExitCode {
  static final int OK = 0;
  /** Some inputs failed, the others are done. */
  static final int SOME_FAILED = 1;
  /** Nothing was done: wrong usage, no model, or every input was bad. */
  static final int NOTHING_DONE = 2;
  /** The machine failed: memory, disk, numbers that are not finite. */
  static final int MACHINE = 3;
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
