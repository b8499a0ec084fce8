package io.github.tsdsr.train.step;

import io.github.tsdsr.autograd.Gradients;
import java.util.Map;

/** What is trained and towards what. */
public interface Objective extends AutoCloseable {
  /** The losses of one batch by name, and the gradients of the parameters' tensors; to be closed after use. */
  record Result(Map<String, Double> losses, Gradients gradients) implements AutoCloseable {
    @Override
    public void close() {
      gradients.close();
    }
  }

  /**
   * Losses and gradients of one step; depends on the parameters and the step's number alone.
   *
   * @throws InterruptedException if the thread is interrupted while it waits for data
   */
  Result step(long index) throws InterruptedException;

  /** Ends threads that load data. */
  @Override
  void close();
}
