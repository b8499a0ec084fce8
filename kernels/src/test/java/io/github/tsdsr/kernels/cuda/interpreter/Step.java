package io.github.tsdsr.kernels.cuda.interpreter;

/** An instruction, ready to be executed. */
sealed interface Step {
  /** What each thread does by itself. The thread's next instruction is the following one, unless this sets another. */
  non-sealed interface PerThread extends Step {
    /** Where the thread goes on; {@link #FOLLOWING} or the index of an instruction. */
    int run(Lane lane);

    int FOLLOWING = -1;
  }

  /** What the lanes of a warp that a mask names do together. */
  non-sealed interface PerWarp extends Step {
    /** Bit i is set if lane i takes part, as this lane has it. */
    int mask(Lane lane);

    /**
     * @param lanes the warp's lanes, null where one takes no part
     */
    void run(Lane[] lanes);
  }

  /** bar.sync 0: what all threads of a block do together. */
  record Barrier() implements Step {}
}
