package io.github.tsdsr.autograd;

import java.util.Optional;

/**
 * The adapters of one role (student, teacher, fake score) on a frozen base. An argument of a forward call, so that
 * several roles share one base.
 */
@FunctionalInterface
public interface Adapters {
  /** No adapter anywhere. */
  Adapters NONE = _ -> Optional.empty();

  /**
   * @param weight the module's name within the model, such as {@code transformer_blocks.0.attn.to_q}
   */
  Optional<Adapter> on(String weight);
}
