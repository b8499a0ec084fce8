package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.op.ActivationGrad;
import io.github.tsdsr.tensor.op.AdamW;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.GatedResidual;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormApply;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import io.github.tsdsr.tensor.op.Unary;
import java.util.Optional;

/** The kernels that exist with vectors only. Loaded only where the module jdk.incubator.vector is there. */
final class VectorKernels {
  private final WorkerPool pool;
  private final HostMemory memory;
  private final Attentions attentions;
  private final AttentionGrads attentionGrads;
  private final WinogradConvolution winograd;
  /** With factors in the precision that was asked for; gradients are in F32. */
  private final WinogradConvolution forwardWinograd;
  private final WinogradWeightGrad winogradWeightGrad;
  private final GroupNormLoops groupNorm;
  private final RowNormLoops rowNorm;
  /** Null without machine code. */
  private final ElementwiseCode elementwise;

  /**
   * @param machine the loops in machine code, where there are any
   * @param precision of the factors of convolutions, forward
   */
  VectorKernels(
      WorkerPool pool, HostMemory memory, TileKernels tiles, Optional<MachineKernels> machine,
      ProductPrecision precision) {
    this.pool = pool;
    this.memory = memory;
    this.attentions = new Attentions(
        pool, memory, tiles, machine.<AttentionLoops>map(MachineKernels::attention).orElseGet(AttentionVectors::new));
    this.attentionGrads = new AttentionGrads(pool, memory, tiles);
    WinogradLoops loops = machine.<WinogradLoops>map(MachineKernels::winograd).orElseGet(WinogradVectors::new);
    this.winograd = new WinogradConvolution(pool, memory, tiles, loops);
    this.winogradWeightGrad = new WinogradWeightGrad(pool, memory, tiles, loops);
    this.forwardWinograd = precision == ProductPrecision.F32
        ? winograd
        : new WinogradConvolution(
            pool, memory, TileKernels.of(machine.orElseThrow(), precision), machine.get().halfWinograd());
    this.groupNorm = machine.<GroupNormLoops>map(MachineKernels::groupNorm).orElseGet(GroupNormVectors::new);
    this.rowNorm = machine.<RowNormLoops>map(MachineKernels::rowNorm).orElseGet(RowNormVectors::new);
    this.elementwise = machine.map(MachineKernels::elementwise).orElse(null);
  }

  /** Working memory of the operation's kernel here; empty if there is none. */
  static Optional<Scratch.Size> scratch(Op op, TileKernels tiles, int threads) {
    return switch (op) {
      case Conv2d c when WinogradConvolution.suits(c) -> Optional.of(WinogradConvolution.scratch(c, tiles, threads));
      case Conv2dInputGrad c when WinogradConvolution.takes(c) ->
          Optional.of(WinogradConvolution.scratch(c, tiles, threads));
      case Conv2dWeightGrad c when WinogradWeightGrad.takes(c) -> Optional.of(WinogradWeightGrad.scratch(c, tiles));
      case GroupNorm n -> Optional.of(GroupNorms.scratch(n));
      case Attention a when Attentions.takes(a) -> Optional.of(Attentions.scratch(a, tiles));
      case AttentionGrad a when AttentionGrads.takes(a) -> Optional.of(AttentionGrads.scratch(a, tiles));
      default -> Optional.empty();
    };
  }

  /** Runs the operation if there is a kernel for it and its operands. */
  boolean run(Op op) {
    if (elementwise != null && elementwise.run(op, pool)) {
      return true;
    }
    switch (op) {
      case Conv2d c when WinogradConvolution.takes(c) -> forwardWinograd.run(c);
      case Conv2dInputGrad c when WinogradConvolution.takes(c) -> winograd.run(c);
      case Conv2dWeightGrad c when WinogradWeightGrad.takes(c) -> winogradWeightGrad.run(c);
      case Unary u when Elementwise.takes(u) -> Elementwise.run(u, pool);
      case Binary b when Elementwise.takes(b) -> Elementwise.run(b, pool);
      case Reduce r when Reductions.takes(r) -> Reductions.run(r, pool, memory);
      case LayerNorm n when LayerNorms.takes(n) -> LayerNorms.run(n, pool, rowNorm);
      case LayerNormGrad n when LayerNorms.takes(n) -> LayerNorms.run(n, pool, memory);
      case RmsNorm n when LayerNorms.takes(n) -> LayerNorms.run(n, pool, rowNorm);
      case RmsNormGrad n when LayerNorms.takes(n) -> LayerNorms.run(n, pool, memory);
      case GroupNorm n when GroupNorms.takes(n) -> GroupNorms.run(n, pool, memory, groupNorm);
      case GroupNormApply n when GroupNorms.takes(n) -> GroupNorms.run(n, pool, memory, groupNorm);
      case GroupNormGrad n when GroupNorms.takes(n) -> GroupNorms.run(n, pool, memory);
      case Attention a when Attentions.takes(a) -> attentions.run(a);
      case AttentionGrad a when AttentionGrads.takes(a) -> attentionGrads.run(a);
      case ActivationGrad a -> {
        return FusedLoops.run(a, pool);
      }
      case GatedResidual g -> {
        return FusedLoops.run(g, pool);
      }
      case AdamW a -> {
        return FusedLoops.run(a, pool);
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
