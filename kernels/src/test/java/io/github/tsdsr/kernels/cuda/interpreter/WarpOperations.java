package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decodes what the lanes of a warp do together: shuffles and the warp's barrier. */
final class WarpOperations {
  private static final Pattern SHUFFLE = Pattern.compile("shfl\\.sync\\.(up|down|bfly|idx)\\.b32");

  private final Sources sources;

  WarpOperations(Sources sources) {
    this.sources = sources;
  }

  /** The step of an instruction; null if it is none of these. */
  Step decode(Instruction i) {
    if (i.opcode().equals("bar.warp.sync")) {
      i.expectOperands(1);
      return new WarpBarrier(sources.of(i, i.operands().getFirst(), PtxType.B32));
    }
    Matcher m = SHUFFLE.matcher(i.opcode());
    if (!m.matches()) {
      return null;
    }
    i.expectOperands(5);
    Operand.Register to;
    Operand.Register inRange = null;
    if (i.operands().getFirst() instanceof Operand.Pair p) {
      to = p.first();
      inRange = p.second();
    } else {
      to = i.register(0);
    }
    if (!PtxType.B32.accepts(to.type()) || inRange != null && inRange.type() != PtxType.PRED) {
      throw i.refuse(i.opcode() + " writes a 32-bit register and a predicate, got " + i.operands().getFirst());
    }
    return new Shuffle(m.group(1), to, inRange, sources.of(i, i.operands().get(1), PtxType.B32),
        sources.of(i, i.operands().get(2), PtxType.B32), sources.of(i, i.operands().get(3), PtxType.B32),
        sources.of(i, i.operands().get(4), PtxType.B32));
  }

  /** Orders the memory accesses of the warp's lanes if all of them meet. */
  private record WarpBarrier(ToLongFunction<Lane> members) implements Step.PerWarp {
    @Override
    public int mask(Lane lane) {
      return (int) members.applyAsLong(lane);
    }

    @Override
    public void run(Lane[] lanes) {
      Lane present = null;
      boolean all = true;
      for (Lane l : lanes) {
        present = l != null ? l : present;
        all &= l != null;
      }
      if (all) {
        present.block().passWarpBarrier(present.warp());
      }
    }
  }

  /** Every lane gets another lane's value, and whether that lane lies in its segment. */
  private record Shuffle(
      String mode,
      Operand.Register to,
      Operand.Register inRange,
      ToLongFunction<Lane> value,
      ToLongFunction<Lane> distance,
      ToLongFunction<Lane> clamp,
      ToLongFunction<Lane> members) implements Step.PerWarp {
    @Override
    public int mask(Lane lane) {
      return (int) members.applyAsLong(lane);
    }

    @Override
    public void run(Lane[] lanes) {
      long[] values = new long[lanes.length];
      for (Lane l : lanes) {
        if (l != null) {
          values[l.lane()] = value.applyAsLong(l);
        }
      }
      for (Lane l : lanes) {
        if (l != null) {
          receive(l, lanes, values);
        }
      }
    }

    private void receive(Lane l, Lane[] lanes, long[] values) {
      int b = (int) distance.applyAsLong(l) & 31;
      int c = (int) clamp.applyAsLong(l);
      int segment = c >> 8 & 31;
      int first = l.lane() & segment;
      int bound = first | c & 31 & ~segment;
      int from = switch (mode) {
        case "up" -> l.lane() - b;
        case "down" -> l.lane() + b;
        case "bfly" -> l.lane() ^ b;
        default -> first | b & ~segment;
      };
      boolean valid = mode.equals("up") ? from >= bound : from <= bound;
      from = valid ? from : l.lane();
      if (lanes[from] == null) {
        l.block().reports().add(Report.Kind.INACTIVE_LANE, l, "reads from lane " + from + ", which takes no part");
      }
      l.write(to, values[from]);
      if (inRange != null) {
        l.write(inRange, valid ? 1 : 0);
      }
    }
  }
}
