package io.github.tsdsr.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether somebody is looking. */
final class Terminal {
  private static final int STDERR = 2;

  private Terminal() {}

  /** Whether stderr is a terminal; stdout may go elsewhere, which System.console() takes for "no". */
  static boolean isStderr() {
    SymbolLookup c = Linker.nativeLinker().defaultLookup();
    Optional<MemorySegment> isatty = c.find("isatty").or(() -> c.find("_isatty"));
    if (isatty.isEmpty()) {
      return System.console() != null;
    }
    FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      return (int) Linker.nativeLinker().downcallHandle(isatty.get(), type).invokeExact(STDERR) != 0;
    } catch (Throwable e) {
      throw new IllegalStateException("isatty cannot be called", e);
    }
  }
}
