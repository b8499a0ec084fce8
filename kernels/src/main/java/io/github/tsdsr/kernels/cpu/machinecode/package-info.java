/**
 * Machine code written by Java at run time: an assembler for x86-64 with AVX-512, pages to run it from, and what the processor can do.
 * Such code runs at full speed from its first call, where the Vector API needs seconds of compilation.
 */
package io.github.tsdsr.kernels.cpu.machinecode;
