package io.github.tsdsr.kernels.cpu.machinecode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory straight from the system, where {@link MachineCode#isAllowed}. It comes into being when it is first touched, by whichever
 * thread; Java's own allocation writes zeros to all of it on the calling thread. (Large pages took longer here, not less.)
 */
public final class Pages {
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final long FAILED = -1;
  /** Below it a block is not worth mappings of its own, of which a process may have some ten thousands. */
  private static final long LEAST = 1 << 16;
  /** Of Java's blocks; pages are aligned better than that. */
  private static final long ALIGNMENT = 64;

  private static final MachineCode MAP = MachineCode.system("mmap");
  private static final MachineCode UNMAP = MachineCode.system("munmap");
  private static final MachineCode PROTECT = MachineCode.system("mprotect");

  private Pages() {}

  /**
   * Zeros that the arena gives back when it is closed, from a multiple of 64 bytes on. Small blocks are Java's.
   *
   * @throws OutOfMemoryError if the system has no room
   */
  public static MemorySegment allocate(long bytes, Arena arena) {
    if (bytes < LEAST) {
      return arena.allocate(bytes, ALIGNMENT);
    }
    long address = map(bytes);
    if (address == FAILED) {
      throw new OutOfMemoryError("the system has no room for " + bytes + " bytes");
    }
    return MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> unmap(s.address(), bytes));
  }

  /**
   * The address of bytes that can be executed and no longer written, for the rest of the process's life.
   *
   * @throws UnsupportedOperationException if the system refuses
   */
  static long executable(byte[] code) {
    long address = map(code.length);
    if (address == FAILED) {
      throw new UnsupportedOperationException("the system has no room for " + code.length + " bytes of code");
    }
    MemorySegment.ofAddress(address).reinterpret(code.length).copyFrom(MemorySegment.ofArray(code));
    if ((int) PROTECT.call(address, code.length, READ | EXECUTE, 0, 0, 0) != 0) {
      unmap(address, code.length);
      throw new UnsupportedOperationException("the system refuses to execute code made at run time");
    }
    return address;
  }

  private static long map(long bytes) {
    return MAP.call(0, bytes, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0);
  }

  private static void unmap(long address, long bytes) {
    UNMAP.call(address, bytes, 0, 0, 0, 0);
  }
}
