package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a kernel's shared variables lie. Between them are gaps that belong to none, so that running over the end of one
 * is seen.
 */
final class SharedLayout {
  private static final long GAP = 256;
  private static final long FIRST = 1024;
  private static final String DYNAMIC = "the dynamic shared memory";

  private final List<Kernel.SharedVariable> variables;
  private final Map<String, Long> addresses = new HashMap<>();
  private final long dynamicAddress;
  private int bytes;

  SharedLayout(List<Kernel.SharedVariable> variables) {
    this.variables = variables;
    long end = FIRST;
    for (Kernel.SharedVariable v : variables) {
      if (!v.extern()) {
        long address = Math.ceilDiv(end, (long) v.alignment()) * v.alignment();
        addresses.put(v.name(), address);
        end = address + v.bytes() + GAP;
        bytes += v.bytes();
      }
    }
    // All extern arrays begin at one address.
    long alignment = variables.stream().filter(Kernel.SharedVariable::extern)
        .mapToLong(Kernel.SharedVariable::alignment).max().orElse(1);
    dynamicAddress = Math.ceilDiv(end, alignment) * alignment;
    variables.stream().filter(Kernel.SharedVariable::extern).forEach(v -> addresses.put(v.name(), dynamicAddress));
  }

  /** A variable's address; null if there is none of that name. */
  Long address(String name) {
    return addresses.get(name);
  }

  /** The size of all variables but the extern ones. */
  int bytes() {
    return bytes;
  }

  /** Fresh memory for a block. */
  AddressSpace allocate(int dynamicBytes) {
    AddressSpace space = new AddressSpace("shared");
    for (Kernel.SharedVariable v : variables) {
      if (!v.extern()) {
        space.add(new Allocation(v.name(), addresses.get(v.name()), v.bytes()));
      }
    }
    space.add(new Allocation(DYNAMIC, dynamicAddress, dynamicBytes));
    return space;
  }
}
