package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.LaunchShape;
import java.util.ArrayList;
import java.util.List;

/**
 * One block of a launch. Each thread runs by itself until it ends or comes to an instruction where threads meet; the
 * lanes of a warp meet as soon as all that the mask names are there, the block when all its threads are.
 */
final class BlockRun {
  static final int WARP = 32;
  private static final long MAX_STEPS = 20_000_000;

  private final Launch launch;
  private final long number;
  private final AddressSpace shared;
  private final List<Lane> lanes = new ArrayList<>();
  private final int[] warpEpochs;
  private int epoch;

  /**
   * @param number the block's number in the grid, x fastest
   */
  BlockRun(Launch launch, long number) {
    this.launch = launch;
    this.number = number;
    shared = launch.layout().allocate(launch.shape().sharedBytes());
    int threads = launch.shape().threads();
    warpEpochs = new int[Math.ceilDiv(threads, WARP)];
    for (int i = 0; i < threads; i++) {
      lanes.add(new Lane(this, i));
    }
  }

  void run() {
    boolean progress = true;
    while (lanes.stream().anyMatch(l -> l.state() != Lane.State.EXITED)) {
      if (!progress) {
        throw stuck();
      }
      progress = false;
      for (int w = 0; w < warpEpochs.length; w++) {
        progress |= runWarp(w);
      }
      if (lanes.stream().allMatch(l -> l.state() == Lane.State.AT_BARRIER)) {
        passBarrier();
        progress = true;
      }
    }
  }

  private boolean runWarp(int w) {
    List<Lane> warp = lanes.subList(w * WARP, Math.min(lanes.size(), (w + 1) * WARP));
    boolean progress = false;
    boolean again;
    do {
      again = false;
      for (Lane l : warp) {
        if (l.state() == Lane.State.RUNNING) {
          runAlone(l);
          again = true;
        }
      }
      for (Lane l : warp) {
        if (l.state() == Lane.State.AT_WARP_STEP) {
          again |= meet(l, warp);
        }
      }
      progress |= again;
    } while (again);
    return progress;
  }

  /** Runs a thread until it ends or waits for others. */
  private void runAlone(Lane l) {
    List<Instruction> instructions = kernel().instructions();
    for (long steps = 0; l.state() == Lane.State.RUNNING; steps++) {
      if (l.next() == instructions.size()) {
        l.state(Lane.State.EXITED);
        return;
      }
      if (steps == MAX_STEPS) {
        throw reports().fatal(Report.Kind.ENDLESS_LOOP, l, "still running after " + MAX_STEPS + " steps");
      }
      Instruction i = instructions.get(l.next());
      if (i.guard() != null && l.read(i.guard()) == (i.negated() ? 1 : 0)) {
        l.next(l.next() + 1);
        continue;
      }
      switch (launch.steps().get(l.next())) {
        case Step.PerThread step -> execute(l, step);
        case Step.PerWarp _ -> l.state(Lane.State.AT_WARP_STEP);
        case Step.Barrier _ -> l.state(Lane.State.AT_BARRIER);
      }
    }
  }

  private void execute(Lane l, Step.PerThread step) {
    int target;
    try {
      target = step.run(l);
    } catch (ArithmeticException e) {
      throw reports().fatal(Report.Kind.DIVISION_BY_ZERO, l, "divides an integer by zero");
    }
    l.next(target == Step.PerThread.FOLLOWING ? l.next() + 1 : target);
  }

  /** Executes a warp's step for the lanes that its mask names, if all of them are there. */
  private boolean meet(Lane l, List<Lane> warp) {
    Step.PerWarp step = (Step.PerWarp) launch.steps().get(l.next());
    int mask = step.mask(l);
    if ((mask >>> l.lane() & 1) == 0) {
      throw reports().fatal(Report.Kind.INACTIVE_LANE, l,
          "its mask 0x" + Integer.toHexString(mask) + " does not name itself, lane " + l.lane());
    }
    Lane[] members = new Lane[WARP];
    for (int k = 0; k < WARP; k++) {
      if ((mask >>> k & 1) == 0) {
        continue;
      }
      if (k >= warp.size() || warp.get(k).state() == Lane.State.EXITED) {
        throw reports().fatal(Report.Kind.INACTIVE_LANE, l,
            "its mask 0x" + Integer.toHexString(mask) + " names lane " + k + ", which "
                + (k >= warp.size() ? "does not exist" : "has ended"));
      }
      Lane other = warp.get(k);
      if (other.state() != Lane.State.AT_WARP_STEP || other.next() != l.next()) {
        return false;
      }
      if (step.mask(other) != mask) {
        throw reports().fatal(Report.Kind.INACTIVE_LANE, l, "its mask 0x" + Integer.toHexString(mask)
            + " differs from lane " + k + "'s, 0x" + Integer.toHexString(step.mask(other)));
      }
      members[k] = other;
    }
    step.run(members);
    for (Lane m : members) {
      if (m != null) {
        m.next(m.next() + 1);
        m.state(Lane.State.RUNNING);
      }
    }
    return true;
  }

  private void passBarrier() {
    for (Lane l : lanes) {
      Lane first = lanes.get(l.warp() * WARP);
      if (l.next() != first.next()) {
        throw reports().fatal(Report.Kind.DIVERGENT_BARRIER, l,
            "its warp's first thread waits at another barrier, in line " + first.line());
      }
    }
    epoch++;
    for (Lane l : lanes) {
      l.next(l.next() + 1);
      l.state(Lane.State.RUNNING);
    }
  }

  /** Nobody can go on: somebody waits for threads that never come. */
  private Reports.Abort stuck() {
    long ended = lanes.stream().filter(l -> l.state() == Lane.State.EXITED).count();
    for (Lane l : lanes) {
      if (l.state() == Lane.State.AT_BARRIER) {
        reports().add(Report.Kind.DIVERGENT_BARRIER, l,
            "waits for threads of its block that never come; " + ended + " of " + lanes.size() + " have ended");
      } else if (l.state() == Lane.State.AT_WARP_STEP) {
        reports().add(Report.Kind.INACTIVE_LANE, l, "waits for lanes that its mask names and that never come");
      }
    }
    return new Reports.Abort();
  }

  Kernel kernel() {
    return launch.kernel();
  }

  LaunchShape shape() {
    return launch.shape();
  }

  Reports reports() {
    return launch.reports();
  }

  /** The launch's number, counted on the device. */
  int launch() {
    return launch.number();
  }

  AddressSpace global() {
    return launch.global();
  }

  AddressSpace shared() {
    return shared;
  }

  /** The value of a parameter. */
  long argument(Kernel.Parameter p) {
    return launch.argument(p);
  }

  /** Its number in the grid. */
  long number() {
    return number;
  }

  int x() {
    return (int) (number % shape().gridX());
  }

  int y() {
    return (int) (number / shape().gridX() % shape().gridY());
  }

  int z() {
    return (int) (number / ((long) shape().gridX() * shape().gridY()));
  }

  /** How many barriers it has passed. */
  int epoch() {
    return epoch;
  }

  /** How many barriers of its own a warp has passed. */
  int warpEpoch(int warp) {
    return warpEpochs[warp];
  }

  void passWarpBarrier(int warp) {
    warpEpochs[warp]++;
  }
}
