/**
 * What every backend must do, as tests: tables of operations, each run on the backend and on the reference in double
 * precision. A backend's own tests extend {@link io.github.tsdsr.tensor.contract.BackendContract}.
 */
package io.github.tsdsr.tensor.contract;
