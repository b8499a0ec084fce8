package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.ComputeCapability;
import io.github.tsdsr.kernels.cuda.Device;
import io.github.tsdsr.kernels.cuda.DeviceException;
import io.github.tsdsr.kernels.cuda.DeviceFunction;
import io.github.tsdsr.kernels.cuda.DeviceModule;
import io.github.tsdsr.kernels.cuda.KernelArguments;
import io.github.tsdsr.kernels.cuda.LaunchShape;
import io.github.tsdsr.tensor.MemoryLimitException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A device that interprets PTX. A launch is done, and what it did wrong is thrown, when the call returns. */
public class InterpreterDevice implements Device {
  private static final long FIRST_ADDRESS = 0x7f00_0000_0000L;
  private static final long ALIGNMENT = 256;
  /** Shared memory of a block that a kernel has without asking for more. */
  private static final int SHARED_LIMIT = 48 * 1024;

  private record Function(String name, InterpreterDevice device, Kernel kernel, SharedLayout layout, List<Step> steps)
      implements DeviceFunction {}

  private final long memoryLimit;
  private final AddressSpace global = new AddressSpace("global");
  private long nextAddress = FIRST_ADDRESS;
  private long inUse;
  private int launches;

  /** With a gigabyte of memory. */
  public InterpreterDevice() {
    this(1L << 30);
  }

  /**
   * @param memoryLimit the most bytes that it hands out
   */
  public InterpreterDevice(long memoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  @Override
  public String name() {
    return "PTX interpreter";
  }

  @Override
  public ComputeCapability computeCapability() {
    return new ComputeCapability(8, 0);
  }

  /** Bytes handed out and not given back. */
  public long bytesInUse() {
    return inUse;
  }

  @Override
  public long allocate(long bytes) {
    if (bytes <= 0) {
      throw new DeviceException("cannot allocate " + bytes + " bytes");
    }
    if (bytes > memoryLimit - inUse) {
      throw new MemoryLimitException("no room for " + bytes + " bytes on the " + name());
    }
    Allocation a = new Allocation("the allocation at 0x" + Long.toHexString(nextAddress), nextAddress,
        Math.toIntExact(bytes));
    global.add(a);
    inUse += bytes;
    // Addresses are never used again, and a gap follows each block: what is freed or beside stays out of bounds.
    nextAddress += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT + ALIGNMENT;
    return a.address();
  }

  @Override
  public void free(long address) {
    Allocation a = global.remove(address);
    if (a == null) {
      throw new DeviceException("free of 0x" + Long.toHexString(address) + ", which is no allocation");
    }
    inUse -= a.bytes();
  }

  private Allocation hostAccess(long address, long bytes) {
    Allocation a = global.find(address, bytes);
    if (a == null) {
      throw new DeviceException("a copy of " + bytes + " bytes at 0x" + Long.toHexString(address)
          + " does not lie in one allocation");
    }
    return a;
  }

  @Override
  public void copyToDevice(MemorySegment from, long to) {
    Allocation a = hostAccess(to, from.byteSize());
    int offset = (int) (to - a.address());
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, a.data(), offset, (int) from.byteSize());
    a.markWritten(offset, (int) from.byteSize());
  }

  @Override
  public void copyToHost(long from, MemorySegment to) {
    Allocation a = hostAccess(from, to.byteSize());
    MemorySegment.copy(a.data(), (int) (from - a.address()), to, ValueLayout.JAVA_BYTE, 0, (int) to.byteSize());
  }

  @Override
  public DeviceModule load(String ptx) {
    PtxModule parsed = PtxParser.parse(ptx);
    if (parsed.target() > 10 * computeCapability().major() + computeCapability().minor()) {
      throw new PtxException("the text is for sm_" + parsed.target() + ", the " + name() + " is sm_80");
    }
    Map<String, Function> functions = new HashMap<>();
    parsed.kernels().forEach((name, kernel) -> {
      SharedLayout layout = new SharedLayout(kernel.shared());
      functions.put(name, new Function(name, this, kernel, layout, Decoder.decode(kernel, layout)));
    });
    return new Module(functions);
  }

  private record Module(Map<String, Function> functions) implements DeviceModule {
    @Override
    public DeviceFunction function(String name) {
      Function f = functions.get(name);
      if (f == null) {
        throw new DeviceException("no kernel " + name + " in the module");
      }
      return f;
    }

    @Override
    public void close() {
      functions.clear();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws KernelFault if the kernel does anything wrong
   */
  @Override
  public void launch(DeviceFunction function, LaunchShape shape, KernelArguments arguments) {
    if (!(function instanceof Function f) || f.device() != this) {
      throw new DeviceException("a function of another device: " + function.name());
    }
    Kernel k = f.kernel();
    checkArguments(k, arguments);
    if (k.maxThreads() > 0 && shape.threads() > k.maxThreads()) {
      throw new DeviceException(
          k.name() + " takes blocks of at most " + k.maxThreads() + " threads, got " + shape.threads());
    }
    if (shape.blocks() * shape.threads() >= Stamp.THREADS) {
      throw new DeviceException("too many threads for the " + name());
    }
    int shared = f.layout().bytes() + shape.sharedBytes();
    if (shared > SHARED_LIMIT) {
      throw new DeviceException(k.name() + " has " + shared + " bytes of shared memory, at most " + SHARED_LIMIT);
    }
    new Launch(launches++, k, f.steps(), f.layout(), shape, arguments.bytes(), global, new Reports()).run();
  }

  /** A real driver copies what the kernel expects and cannot tell; here the number, places and total must agree. */
  private static void checkArguments(Kernel k, KernelArguments arguments) {
    boolean fits = arguments.count() == k.parameters().size() && arguments.bytes().length == k.argumentBytes();
    for (int i = 0; fits && i < arguments.count(); i++) {
      fits = arguments.offset(i) == k.parameters().get(i).offset();
    }
    if (!fits) {
      throw new DeviceException(k.name() + " takes " + k.parameters() + ", got " + arguments.count() + " arguments of "
          + arguments.bytes().length + " bytes");
    }
  }

  @Override
  public void synchronize() {
    // Launches are done when they return.
  }

  @Override
  public void close() {
    global.clear();
    inUse = 0;
  }
}
