package io.github.tsdsr.kernels.cuda;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.Op;
import java.lang.foreign.MemorySegment;

/**
 * Tensors and operations on a CUDA {@link Device}.
 *
 * <p>So far one operation has kernels: {@link GroupNorm} (with and without SiLU) of row-major F32 tensors. The
 * primitives, and with them every other operation's way by primitives, are not there yet: {@link #run} refuses what it
 * cannot do. Nor is there a pool: each storage is allocated and freed by the driver.
 */
public final class CudaBackend implements Backend {
  private final Device device;
  private final DeviceMemory memory;
  private final GroupNormKernels groupNorm;

  /**
   * Without a memory limit but the device's.
   *
   * @param device closed with the backend
   */
  public CudaBackend(Device device) {
    this(device, Long.MAX_VALUE);
  }

  /**
   * @param device closed with the backend
   * @param limit the most bytes of tensors
   */
  public CudaBackend(Device device, long limit) {
    this.device = device;
    memory = new DeviceMemory(device, limit);
    groupNorm = new GroupNormKernels(device, memory, new PtxLibrary(device));
  }

  @Override
  public String name() {
    return "cuda: " + device.name() + " (compute capability " + device.computeCapability() + ")";
  }

  @Override
  public Storage allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    DeviceTransfer.upload(device, from, to, DeviceStorage.address(to, memory));
    to.storage().written();
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    DeviceTransfer.download(device, from, DeviceStorage.address(from, memory), to);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if the operation has no kernel, or none for its types and layouts; the
   *     message names it and its tensors
   */
  @Override
  public void run(Op op) {
    switch (op) {
      case GroupNorm g when groupNorm.accept(g) -> groupNorm.run(g);
      default -> throw new UnsupportedOperationException(
          "the CUDA backend has no kernel for " + op.name() + " of " + op.inputs() + " into " + op.outputs());
    }
    op.outputs().forEach(t -> t.storage().written());
  }

  @Override
  public MemoryUse memory() {
    return memory.use();
  }

  @Override
  public void close() {
    memory.close();
    device.close();
  }
}
