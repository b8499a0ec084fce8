package io.github.tsdsr.tensor;

import java.util.Map;
import java.util.Optional;

/**
 * Named tensors with expected shapes: what a model is built from. Files, devices and adapters are the business of those
 * who make one; the tensors live as long as it does.
 */
public interface Weights {
  /**
   * The tensor of that name.
   *
   * @param shape what the caller expects
   * @throws WeightsException if there is none or it has another shape
   */
  Tensor get(String name, long... shape);

  /** The tensor of that name whatever its shape, if there is one. */
  Optional<Tensor> find(String name);

  /** The same names below a prefix: {@code under("a").get("b")} is {@code get("a.b")}. */
  default Weights under(String prefix) {
    Weights all = this;
    return new Weights() {
      @Override
      public Tensor get(String name, long... shape) {
        return all.get(prefix + "." + name, shape);
      }

      @Override
      public Optional<Tensor> find(String name) {
        return all.find(prefix + "." + name);
      }
    };
  }

  /**
   * Weights from a map.
   *
   * @param where what messages call the collection
   */
  static Weights of(String where, Map<String, Tensor> tensors) {
    return new Weights() {
      @Override
      public Tensor get(String name, long... shape) {
        return checked(where, name, find(name), shape);
      }

      @Override
      public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
      }
    };
  }

  /**
   * Checks a shape and gives the tensor. For implementations of {@link #get}.
   *
   * @param where what messages call the collection, such as the file's name
   */
  static Tensor checked(String where, String name, Optional<Tensor> found, long... shape) {
    Tensor t = found.orElseThrow(() -> new WeightsException(where + ": no tensor " + name));
    if (!t.hasShape(shape)) {
      throw new WeightsException(
          where + ": tensor " + name + " has shape " + t.layout() + ", expected " + Layout.contiguous(shape));
    }
    return t;
  }
}
