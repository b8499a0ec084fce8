package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;
import java.util.Map;

/**
 * A kernel as it is written.
 *
 * @param parameters in order
 * @param shared its shared variables and the module's
 * @param maxThreads the most threads of a block (.maxntid); 0 if it does not say
 * @param registers how many it declares
 * @param labels from name to the index of the instruction that follows
 */
record Kernel(
    String name,
    List<Parameter> parameters,
    List<SharedVariable> shared,
    int maxThreads,
    int registers,
    List<Instruction> instructions,
    Map<String, Integer> labels) {
  /**
   * @param offset where it lies among the packed arguments
   */
  record Parameter(String name, PtxType type, int offset) {}

  /**
   * @param bytes its size; 0 for an extern array, whose size the launch says
   */
  record SharedVariable(String name, int bytes, int alignment, boolean extern) {}

  Parameter parameter(String wanted) {
    return parameters.stream().filter(p -> p.name().equals(wanted)).findFirst().orElse(null);
  }

  /** The bytes of all packed arguments. */
  int argumentBytes() {
    return parameters.isEmpty() ? 0 : parameters.getLast().offset() + parameters.getLast().type().bytes();
  }
}
