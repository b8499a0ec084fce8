package io.github.tsdsr.autograd;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;

/** The backends and activation types that functions and models are tested on, with the tolerance of each. */
public enum BackendUnderTest {
  REFERENCE_F64(DType.F64),
  REFERENCE_F32(DType.F32),
  CPU_F32(DType.F32);

  private final DType dtype;

  BackendUnderTest(DType dtype) {
    this.dtype = dtype;
  }

  /** The activations' type. */
  public DType dtype() {
    return dtype;
  }

  /** A new backend. */
  public Backend open() {
    return this == CPU_F32 ? new VectorBackend() : new ReferenceBackend();
  }

  /** One of the two, by the activations' type. */
  public double tolerance(double f64, double f32) {
    return dtype == DType.F64 ? f64 : f32;
  }
}
