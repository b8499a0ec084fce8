package io.github.tsdsr.kernels.cpu.machinecode;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * A function in executable memory: {@code long f(long, ...)} with 16 arguments by the System V calling convention of Linux on
 * x86-64. One signature for all functions, the system's own included, since every further one takes the JVM tens of
 * milliseconds to link; a function that needs less leaves the rest unread.
 *
 * <p>Nothing is checked: wrong addresses end the process. A call takes some ten nanoseconds.
 */
public final class MachineCode {
  /** How many arguments a function has. */
  public static final int ARGUMENTS = 16;

  /** Linked at the first call: linking needs the right that {@link #isAllowed} asks for. */
  private static final class Linked {
    static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(
        ValueLayout.JAVA_LONG, Collections.nCopies(ARGUMENTS, ValueLayout.JAVA_LONG).toArray(new MemoryLayout[0])));
  }

  private final MemorySegment entry;

  private MachineCode(MemorySegment entry) {
    this.entry = entry;
  }

  /**
   * Whether this JVM may run machine code: Linux on x86-64, and native access is enabled for this library. Asked first: the
   * attempt would warn, or throw.
   */
  public static boolean isAllowed() {
    return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64")
        && MachineCode.class.getModule().isNativeAccessEnabled();
  }

  /** A function of the system's library, with at most six arguments. */
  static MachineCode system(String name) {
    return new MachineCode(Linker.nativeLinker().defaultLookup().findOrThrow(name));
  }

  /** The function at an address in loaded code. */
  static MachineCode at(long address) {
    return new MachineCode(MemorySegment.ofAddress(address));
  }

  /** Calls it with six arguments, in rdi, rsi, rdx, rcx, r8 and r9. */
  public long call(long a, long b, long c, long d, long e, long f) {
    return call(a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Calls it with all arguments: the seventh to the last lie on the stack, the seventh above the return address. */
  public long call(
      long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k, long l, long m, long n,
      long o, long p) {
    try {
      return (long) Linked.CALL.invokeExact(entry, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }
}
