/**
 * A machine that runs PTX without a GPU, thread by thread, and watches what a GPU would not: bounds, alignment, memory
 * and registers that nobody wrote, races, barriers and shuffles that do not meet. An instruction that it does not know
 * is refused when the module is loaded.
 *
 * <p>The path of a text: {@code PtxParser} makes a {@code Kernel} of instructions; {@code Decoder} makes each a {@code
 * Step}, by the tables of {@code RegisterOperations} or as an access to memory or an operation of the warp; {@code
 * BlockRun} runs the threads of a block; memory and its shadow are {@code AddressSpace}, {@code Allocation} and {@code
 * RaceShadow}; what went wrong is a {@link io.github.tsdsr.kernels.cuda.interpreter.Report}.
 *
 * <p>Differences from a GPU: approximate instructions give the correctly rounded result; between the places where they
 * meet, threads run one after the other, and so do blocks.
 */
package io.github.tsdsr.kernels.cuda.interpreter;
