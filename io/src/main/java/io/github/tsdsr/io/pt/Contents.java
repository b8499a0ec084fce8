package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.pt.Pickled.Dict;
import io.github.tsdsr.io.pt.Pickled.Items;
import io.github.tsdsr.io.pt.Pickled.None;
import io.github.tsdsr.io.pt.Pickled.Tuple;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The tensors and plain values of a nested object by their paths: keys and list indexes joined by {@code /}, empty for the
 * object itself. Bounded: an object may hold itself, or be small and have more paths than there are atoms.
 */
final class Contents {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_VISITS = 1 << 18;
  private static final long MAX_CHARACTERS = 16 << 20;

  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Function<String, RuntimeException> wrong;
  private int visits;
  private long characters;

  private Contents(Function<String, RuntimeException> wrong) {
    this.wrong = wrong;
  }

  /** Walks an object. */
  static Contents of(Object root, Function<String, RuntimeException> wrong) {
    Contents contents = new Contents(wrong);
    contents.visit("", root, 0);
    return contents;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /** Long, BigInteger, Double, Boolean and String by their paths. */
  Map<String, Object> values() {
    return values;
  }

  private void visit(String path, Object value, int depth) {
    characters += path.length();
    if (depth > MAX_DEPTH) {
      throw wrong.apply("the pickle's object is nested deeper than " + MAX_DEPTH);
    }
    if (++visits > MAX_VISITS || characters > MAX_CHARACTERS) {
      throw wrong.apply("the pickle's object has more than " + MAX_VISITS + " parts, or their names are too long");
    }
    switch (value) {
      case StoredTensor t -> {
        if (tensors.put(path, t) != null) {
          throw wrong.apply("two tensors have the path " + path);
        }
      }
      case Dict dict ->
          dict.map().forEach((k, v) -> visit(below(path, k == None.NONE ? "None" : k.toString()), v, depth + 1));
      case Items items -> visitAll(path, items.list, depth);
      case Tuple tuple -> visitAll(path, tuple.list, depth);
      case String _, Long _, BigInteger _, Double _, Boolean _ -> values.put(path, value);
      default -> {
        // None, a name, a storage without a tensor, bytes: nothing that a user of weights asks for.
      }
    }
  }

  private void visitAll(String path, List<Object> list, int depth) {
    for (int i = 0; i < list.size(); i++) {
      visit(below(path, Integer.toString(i)), list.get(i), depth + 1);
    }
  }

  private static String below(String path, String key) {
    return path.isEmpty() ? key : path + "/" + key;
  }
}
