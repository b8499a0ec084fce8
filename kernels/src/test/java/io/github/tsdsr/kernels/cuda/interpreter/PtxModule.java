package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.Map;

/**
 * A PTX text, parsed.
 *
 * @param target the architecture's number, such as 80 of sm_80
 */
record PtxModule(int target, Map<String, Kernel> kernels) {}
