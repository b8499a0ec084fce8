package io.github.tsdsr.io.pt;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle holds beside Long, BigInteger, Double, Boolean, String and byte[]. Containers may hold themselves and are
 * compared by identity only.
 */
sealed interface Pickled permits Pickled.None, Pickled.Global, Pickled.Items, Pickled.Tuple, Pickled.Dict, StorageId,
    StoredTensor {
  /** Python's None. */
  enum None implements Pickled {
    NONE
  }

  /** A name that the pickle has looked up; it stands for itself, nothing is loaded. */
  record Global(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /** A list. */
  final class Items implements Pickled {
    final List<Object> list = new ArrayList<>(0);
  }

  /** A tuple. */
  final class Tuple implements Pickled {
    final List<Object> list;

    Tuple(List<Object> list) {
      this.list = list;
    }
  }

  /** A dict or OrderedDict; keys are strings, numbers, truth values or None. */
  final class Dict implements Pickled {
    // Made when it is needed: a hostile pickle makes an empty one from each byte.
    private Map<Object, Object> map;

    Map<Object, Object> map() {
      return map == null ? Map.of() : map;
    }

    void put(Object key, Object value) {
      if (map == null) {
        map = new LinkedHashMap<>();
      }
      map.put(key, value);
    }
  }

  /** What a value is, for messages: never its contents. */
  static String kind(Object value) {
    return switch (value) {
      case None _ -> "None";
      case Global g -> g.toString();
      case Items _ -> "a list";
      case Tuple _ -> "a tuple";
      case Dict _ -> "a dict";
      case StorageId _ -> "a storage";
      case StoredTensor _ -> "a tensor";
      case Long _, BigInteger _ -> "an integer";
      case Double _ -> "a number";
      case Boolean _ -> "a truth value";
      case String _ -> "a string";
      default -> "bytes";
    };
  }
}
