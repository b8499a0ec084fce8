package io.github.tsdsr.kernels.cpu.machinecode;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Functions that are loaded together. */
public final class Program {
  private final Assembler assembler = new Assembler();
  private final Map<String, Integer> entries = new LinkedHashMap<>();

  /**
   * Adds a function.
   *
   * @param body writes its code, the return included
   */
  public Program add(String name, Consumer<Assembler> body) {
    assembler.align();
    if (entries.put(name, assembler.position()) != null) {
      throw new IllegalArgumentException("two functions of the name " + name);
    }
    body.accept(assembler);
    return this;
  }

  /**
   * Loads all of them.
   *
   * @throws UnsupportedOperationException if the system refuses
   */
  public Map<String, MachineCode> load() {
    long address = Pages.executable(assembler.bytes());
    Map<String, MachineCode> functions = new LinkedHashMap<>();
    entries.forEach((name, offset) -> functions.put(name, MachineCode.at(address + offset)));
    return functions;
  }
}
