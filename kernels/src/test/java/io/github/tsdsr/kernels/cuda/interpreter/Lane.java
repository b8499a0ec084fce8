package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.LaunchShape;
import java.util.BitSet;

/** A thread of a running block. */
final class Lane {
  /** What a thread is doing. */
  enum State {
    RUNNING,
    AT_BARRIER,
    AT_WARP_STEP,
    EXITED
  }

  private final BlockRun block;
  private final int thread;
  private final long[] registers;
  private final BitSet written;
  private int next;
  private State state = State.RUNNING;

  /**
   * @param thread its number in the block, x fastest
   */
  Lane(BlockRun block, int thread) {
    this.block = block;
    this.thread = thread;
    registers = new long[block.kernel().registers()];
    written = new BitSet(registers.length);
  }

  BlockRun block() {
    return block;
  }

  int thread() {
    return thread;
  }

  int lane() {
    return thread % BlockRun.WARP;
  }

  int warp() {
    return thread / BlockRun.WARP;
  }

  int tidX() {
    return thread % block.shape().blockX();
  }

  int tidY() {
    return thread / block.shape().blockX() % block.shape().blockY();
  }

  int tidZ() {
    return thread / (block.shape().blockX() * block.shape().blockY());
  }

  /** Its number in the grid. */
  long gridThread() {
    return block.number() * block.shape().threads() + thread;
  }

  long stamp() {
    return Stamp.of(gridThread(), block.epoch(), block.warpEpoch(warp()));
  }

  State state() {
    return state;
  }

  void state(State s) {
    state = s;
  }

  /** The index of the instruction that it executes next, or at which it waits. */
  int next() {
    return next;
  }

  void next(int index) {
    next = index;
  }

  /** The line of that instruction; of the last one where a thread runs off the end. */
  int line() {
    var instructions = block.kernel().instructions();
    return instructions.get(Math.min(next, instructions.size() - 1)).line();
  }

  long read(Operand.Register r) {
    if (!written.get(r.slot())) {
      block.reports().add(Report.Kind.UNWRITTEN_REGISTER, this, "reads " + r + ", which it has not written");
    }
    return registers[r.slot()];
  }

  void write(Operand.Register r, long bits) {
    registers[r.slot()] = bits;
    written.set(r.slot());
  }

  @Override
  public String toString() {
    LaunchShape shape = block.shape();
    return "block (" + block.x() + "," + block.y() + "," + block.z() + ") of " + shape.blocks() + ", thread (" + tidX()
        + "," + tidY() + "," + tidZ() + ")";
  }
}
