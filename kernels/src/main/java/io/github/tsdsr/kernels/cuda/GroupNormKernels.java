package io.github.tsdsr.kernels.cuda;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNorm;
import java.util.List;

/** Launches {@code ptx/group_norm.ptx}, which describes the kernels and their launch shapes. */
final class GroupNormKernels {
  private static final String FAMILY = "group_norm";
  private static final int WARP = 32;
  /** Threads of a block of the second kernel. */
  private static final int APPLY_BLOCK = 256;
  /** Pixels that a thread of the second kernel takes, so that it reads its channel's parameters seldom. */
  private static final int APPLY_PIXELS = 8;

  private final Device device;
  private final DeviceMemory memory;
  private final PtxLibrary library;

  GroupNormKernels(Device device, DeviceMemory memory, PtxLibrary library) {
    this.device = device;
    this.memory = memory;
    this.library = library;
  }

  /** Whether the kernels take the operation's types, layouts and sizes. */
  boolean accept(GroupNorm op) {
    for (Tensor t : List.of(op.x(), op.weight(), op.bias(), op.y(), op.statistics())) {
      if (t.dtype() != DType.F32 || !t.isContiguous() || t.size(0) > LaunchShape.MAX_GRID_YZ && t.rank() > 1) {
        return false;
      }
    }
    Tensor x = op.x();
    return x.size(1) * x.size(2) <= Integer.MAX_VALUE && x.size(3) <= Integer.MAX_VALUE
        && x.size(0) * op.groups() <= Integer.MAX_VALUE;
  }

  void run(GroupNorm op) {
    if (op.statistics().count() == 0) {
      return;
    }
    int n = (int) op.x().size(0);
    int pixels = (int) (op.x().size(1) * op.x().size(2));
    int channels = (int) op.x().size(3);
    int groupChannels = channels / op.groups();
    statistics(op, n, pixels, channels, groupChannels);
    if (op.x().count() > 0) {
      apply(op, n, pixels, channels, groupChannels);
    }
  }

  private void statistics(GroupNorm op, int n, int pixels, int channels, int groupChannels) {
    int threads = Math.clamp(roundUp((long) pixels * groupChannels, WARP), WARP, LaunchShape.MAX_BLOCK);
    KernelArguments arguments = new KernelArguments().u64(address(op.x())).u64(address(op.statistics())).u32(pixels)
        .u32(channels).u32(groupChannels).u32(Math.clamp(groupChannels, 1, threads)).f32((float) op.eps());
    device.launch(library.function(FAMILY, "group_norm_statistics"),
        new LaunchShape(op.groups(), n, 1, threads, 1, 1, 0), arguments);
  }

  private void apply(GroupNorm op, int n, int pixels, int channels, int groupChannels) {
    int blockX = (int) Math.min(roundUp(channels, WARP), APPLY_BLOCK);
    int blockY = APPLY_BLOCK / blockX;
    int pixelBlocks = (int) Math.ceilDiv((long) pixels, (long) blockY * APPLY_PIXELS);
    KernelArguments arguments = new KernelArguments().u64(address(op.x())).u64(address(op.weight()))
        .u64(address(op.bias())).u64(address(op.statistics())).u64(address(op.y())).u32(pixels).u32(channels)
        .u32(groupChannels).u32(op.groups()).u32(op.silu() ? 1 : 0);
    device.launch(library.function(FAMILY, "group_norm_apply"),
        new LaunchShape(pixelBlocks, Math.ceilDiv(channels, blockX), n, blockX, blockY, 1, 0), arguments);
  }

  private long address(Tensor t) {
    return DeviceStorage.address(t, memory);
  }

  private static long roundUp(long n, int multiple) {
    return Math.ceilDiv(n, multiple) * multiple;
  }
}
