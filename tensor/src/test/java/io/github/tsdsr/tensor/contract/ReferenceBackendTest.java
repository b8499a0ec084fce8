package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;

/** The reference in single precision against itself in double. */
class ReferenceBackendTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new ReferenceBackend();
  }
}
