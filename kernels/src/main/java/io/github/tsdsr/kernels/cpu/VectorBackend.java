package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.kernels.cpu.machinecode.Pages;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.HostPrimitives;
import io.github.tsdsr.tensor.HostTransfer;
import io.github.tsdsr.tensor.MemoryBound;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Fused;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Primitive;
import io.github.tsdsr.tensor.op.Random;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The CPU backend: F32 activations in machine code or on the Vector API, as {@link KernelCode} says, weights in F32, BF16 or
 * F16. For the same inputs it gives the same bytes with any number of threads.
 */
public final class VectorBackend implements Backend {
  /** The most threads of one backend: more than any machine has cores, and few enough to start at once. */
  public static final int MOST_THREADS = 1024;

  private final HostMemory memory;
  private final WorkerPool pool;
  private final Gemm gemm;
  private final Convolution convolution;
  /** Null, as the next, unless products are of factors in BF16. */
  private final Gemm halfGemm;
  private final Convolution halfConvolution;
  private final ConvolutionWeightGrad weightGrad;
  private final String description;
  /** Null without vectors. */
  private final VectorKernels vectors;

  /**
   * A backend with its own threads, to be closed.
   *
   * @param threads how many work, the caller included
   * @param memoryLimit the most bytes of tensors and working memory together; what would exceed it is refused with a {@link
   *     io.github.tsdsr.tensor.MemoryLimitException}
   */
  public VectorBackend(int threads, long memoryLimit) {
    this(threads, memoryLimit, KernelCode.MACHINE_CODE);
  }

  /**
   * A backend as {@link #VectorBackend(int, long)} makes it.
   *
   * @param best the best code that its kernels may be of
   */
  public VectorBackend(int threads, long memoryLimit, KernelCode best) {
    this(threads, MemoryBound.of(memoryLimit), best, ProductPrecision.F32);
  }

  /**
   * A backend as {@link #VectorBackend(int, long)} makes it.
   *
   * @param precision of large products' factors
   * @throws IllegalArgumentException if there are no kernels for that precision here, see {@link #has}
   */
  public VectorBackend(int threads, long memoryLimit, ProductPrecision precision) {
    this(threads, MemoryBound.of(memoryLimit), precision);
  }

  /**
   * A backend as {@link #VectorBackend(int, long, ProductPrecision)} makes it.
   *
   * @param memoryLimit the most bytes of tensors and working memory together, perhaps asked for later
   * @throws IllegalArgumentException if there are no kernels for that precision here, see {@link #has}
   */
  public VectorBackend(int threads, MemoryBound memoryLimit, ProductPrecision precision) {
    this(threads, memoryLimit, KernelCode.MACHINE_CODE, precision);
  }

  private VectorBackend(int threads, MemoryBound memoryLimit, KernelCode best, ProductPrecision precision) {
    if (!has(precision)) {
      throw new IllegalArgumentException("no kernels for products in " + precision + " on this machine");
    }
    pool = new WorkerPool(threads);
    boolean vectorModule = best != KernelCode.SCALAR && VectorModule.present();
    Optional<MachineKernels> machine = machine(best);
    memory = machine.isPresent() ? new HostMemory(memoryLimit, Pages::allocate) : new HostMemory(memoryLimit);
    TileKernels kernels = tiles(best);
    gemm = new Gemm(pool, memory, kernels, new FullFactors());
    convolution = new Convolution(pool, memory, kernels, new FullFactors());
    if (precision == ProductPrecision.BF16) {
      TileKernels half = TileKernels.of(machine.orElseThrow(), precision);
      halfGemm = new Gemm(pool, memory, half, machine.get().halfFactors());
      halfConvolution = new Convolution(pool, memory, half, machine.get().halfFactors());
    } else {
      halfGemm = null;
      halfConvolution = null;
    }
    weightGrad = new ConvolutionWeightGrad(pool, memory, kernels);
    vectors = vectorModule ? new VectorKernels(pool, memory, kernels, machine, precision) : null;
    description = (machine.isPresent() ? "machine code, " : "")
        + (vectorModule ? VectorModule.description() : "no vectors")
        + (precision == ProductPrecision.F32 ? "" : ", products in " + precision);
  }

  /** One thread a core, no memory limit. */
  public VectorBackend() {
    this(Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE);
  }

  /** Whether this machine has kernels for products of that precision. */
  public static boolean has(ProductPrecision precision) {
    return switch (precision) {
      case F32 -> true;
      case BF16 -> VectorModule.present() && MachineKernels.find().map(MachineKernels::bf16).orElse(false);
    };
  }

  private static Optional<MachineKernels> machine(KernelCode best) {
    return best == KernelCode.MACHINE_CODE ? MachineKernels.find() : Optional.empty();
  }

  private static TileKernels tiles(KernelCode best) {
    return machine(best).map(m -> TileKernels.of(m, ProductPrecision.F32)).orElseGet(
        () -> best != KernelCode.SCALAR && VectorModule.present() ? TileKernels.vectors() : TileKernels.scalar());
  }

  /**
   * Bytes of working memory that an operation takes beside its operands while it runs, on a backend with the best code that
   * there is and products in F32: exactly, where products, convolutions and attention, forward or backward, and group norms have a kernel; 0
   * for all others, which take little.
   *
   * @param threads of the backend
   */
  public static long workingBytes(Op op, int threads) {
    TileKernels tiles = tiles(KernelCode.MACHINE_CODE);
    Optional<Scratch.Size> special =
        VectorModule.present() ? VectorKernels.scratch(op, tiles, threads) : Optional.empty();
    return special.orElseGet(() -> switch (op) {
      case MatMul m when Gemm.takes(m) -> Gemm.scratch(m, tiles);
      case Linear l when Gemm.suits(l) -> Gemm.scratch(l, tiles);
      case Conv2d c when Convolution.suits(c) -> Convolution.scratch(c, tiles, threads);
      case Conv2dInputGrad c when Convolution.takes(c) -> Convolution.scratch(c, tiles, threads);
      case Conv2dWeightGrad c when ConvolutionWeightGrad.takes(c) -> ConvolutionWeightGrad.scratch(c, tiles);
      default -> Scratch.Size.NONE;
    }).bytes(threads);
  }

  @Override
  public String name() {
    return "cpu, " + pool.threads() + " threads, " + description;
  }

  @Override
  public Storage allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public void upload(MemorySegment from, Tensor to) {
    HostTransfer.upload(from, to);
  }

  @Override
  public void download(Tensor from, MemorySegment to) {
    HostTransfer.download(from, to);
  }

  @Override
  public void run(Op op) {
    if (kernel(op)) {
      op.outputs().forEach(t -> t.storage().written());
      return;
    }
    try (Scope scope = Scope.on(this)) {
      Optional<Op> widened = HalfParameters.widened(op, scope);
      if (widened.isPresent()) {
        run(widened.get());
        return;
      }
    }
    switch (op) {
      case Primitive p -> HostPrimitives.run(p);
      case Fused f -> {
        try (Scope scope = Scope.on(this)) {
          f.byPrimitives(this, scope);
        }
      }
    }
  }

  /** Runs the operation if there is a kernel for it. */
  private boolean kernel(Op op) {
    if (vectors != null && vectors.run(op)) {
      return true;
    }
    switch (op) {
      case MatMul m when Gemm.takes(m) -> (takesHalf(m) ? halfGemm : gemm).run(m);
      case Linear l when Gemm.takes(l) -> (takesHalf(Gemm.product(l)) ? halfGemm : gemm).run(l);
      case Conv2d c when Convolution.takes(c) ->
          (halfConvolution != null && HalfFactors.take(c) ? halfConvolution : convolution).run(c);
      case Conv2dInputGrad c when Convolution.takes(c) -> convolution.run(c);
      case Conv2dWeightGrad c when ConvolutionWeightGrad.takes(c) -> weightGrad.run(c);
      case Copy c when Copies.takes(c) -> Copies.run(c, pool);
      case Fill f when Copies.takes(f) -> Copies.run(f, pool);
      case Random r when RandomNumbers.takes(r) -> RandomNumbers.run(r, pool);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean takesHalf(MatMul op) {
    return halfGemm != null && HalfFactors.take(op);
  }

  @Override
  public MemoryUse memory() {
    return memory.use();
  }

  @Override
  public void close() {
    pool.close();
    memory.close();
  }
}
