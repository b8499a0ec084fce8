package io.github.tsdsr.kernels.cpu.machinecode;

/** Which lanes an instruction writes: those whose bit is set in one of the registers k1 to k7. Others of a register become zero. */
public enum Mask {
  ALL,
  K1,
  K2,
  K3,
  K4,
  K5,
  K6,
  K7
}
