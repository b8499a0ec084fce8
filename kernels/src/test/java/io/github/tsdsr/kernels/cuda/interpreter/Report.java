package io.github.tsdsr.kernels.cuda.interpreter;

/**
 * Something that a kernel did wrong.
 *
 * @param line where in the text
 * @param thread who, such as {@code block (0,0,0) thread (5,0,0)}
 */
public record Report(Kind kind, String kernel, int line, String thread, String message) {
  /** What can go wrong. */
  public enum Kind {
    /** An access that does not lie in one living allocation. */
    OUT_OF_BOUNDS,
    /** An access at an address that is no multiple of its size. */
    MISALIGNED,
    /** A read of memory that nobody has written. */
    UNWRITTEN_MEMORY,
    /** A read of a register that the thread has not written. */
    UNWRITTEN_REGISTER,
    /** Two threads access the same bytes, at least one writes, and nothing orders them. */
    RACE,
    /** A barrier that not all threads of the block reach together. */
    DIVERGENT_BARRIER,
    /** A warp's operation without all the lanes that its mask names, or a read from a lane that takes no part. */
    INACTIVE_LANE,
    /** An integer division by zero. */
    DIVISION_BY_ZERO,
    /** A thread that takes too many steps. */
    ENDLESS_LOOP
  }

  @Override
  public String toString() {
    return kind + " in " + kernel + ", line " + line + ", " + thread + ": " + message;
  }
}
