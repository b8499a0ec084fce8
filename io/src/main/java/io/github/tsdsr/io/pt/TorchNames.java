package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.pt.Pickled.Dict;
import io.github.tsdsr.io.pt.Pickled.Global;
import io.github.tsdsr.io.pt.Pickled.Items;
import io.github.tsdsr.io.pt.Pickled.None;
import io.github.tsdsr.io.pt.Pickled.Tuple;
import io.github.tsdsr.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** All that a file of tensors may name and call, and what it means here. */
final class TorchNames {
  private static final Map<String, DType> STORAGES = Map.of(
      "DoubleStorage", DType.F64, "FloatStorage", DType.F32, "HalfStorage", DType.F16, "BFloat16Storage", DType.BF16,
      "LongStorage", DType.I64, "IntStorage", DType.I32, "ShortStorage", DType.I16, "CharStorage", DType.I8,
      "ByteStorage", DType.U8, "BoolStorage", DType.BOOL);
  private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");
  private static final Global TENSOR_V1 = new Global("torch._utils", "_rebuild_tensor");
  private static final Global TENSOR_V2 = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");
  private static final Set<Global> CALLABLE = Set.of(ORDERED_DICT, TENSOR_V1, TENSOR_V2, PARAMETER);

  private TorchNames() {}

  /** A name of the list; any other is refused even if it is never called. */
  static Global global(String module, String name, Function<String, RuntimeException> wrong) {
    Global g = new Global(module, name);
    if (CALLABLE.contains(g) || module.equals("torch") && STORAGES.containsKey(name)) {
      return g;
    }
    if (module.equals("torch") && name.endsWith("Storage")) {
      throw wrong.apply("storage type " + name + " is not supported");
    }
    throw wrong.apply("the pickle names " + g + ", which is not on the allow-list of a file of tensors");
  }

  /** A call of such a name. */
  static Object call(Object callee, Object arguments, Function<String, RuntimeException> wrong) {
    if (!(callee instanceof Global g) || !CALLABLE.contains(g) || !(arguments instanceof Tuple tuple)) {
      throw wrong.apply("the pickle calls " + Pickled.kind(callee) + ", which cannot be called");
    }
    List<Object> a = tuple.list;
    if (g.equals(ORDERED_DICT)) {
      return dict(a, wrong);
    }
    if (g.equals(PARAMETER) && a.size() >= 1 && a.getFirst() instanceof StoredTensor t) {
      return t;
    }
    if ((g.equals(TENSOR_V1) && a.size() == 4 || g.equals(TENSOR_V2) && a.size() >= 6)
        && a.getFirst() instanceof StorageId s) {
      return StoredTensor.of(s, a.get(1), a.get(2), a.get(3), wrong);
    }
    throw wrong.apply("the pickle calls " + g + " with " + a.size() + " arguments that do not fit");
  }

  /** An OrderedDict, empty or from a list of pairs. */
  private static Dict dict(List<Object> arguments, Function<String, RuntimeException> wrong) {
    Dict dict = new Dict();
    if (arguments.isEmpty()) {
      return dict;
    }
    if (arguments.size() > 1 || !(arguments.getFirst() instanceof Items pairs)) {
      throw wrong.apply("the pickle makes an OrderedDict from something that is no list of pairs");
    }
    for (Object pair : pairs.list) {
      List<Object> both = switch (pair) {
        case Tuple t -> t.list;
        case Items l -> l.list;
        default -> List.of();
      };
      if (both.size() != 2) {
        throw wrong.apply("the pickle makes an OrderedDict from something that is no list of pairs");
      }
      dict.put(key(both.getFirst(), wrong), both.getLast());
    }
    return dict;
  }

  /** A dict's key. Tuples would do for Python, but no file of tensors has them, and hashing nested ones can take for ever. */
  static Object key(Object key, Function<String, RuntimeException> wrong) {
    if (key instanceof Pickled && key != None.NONE || key instanceof byte[]) {
      throw wrong.apply("the pickle has " + Pickled.kind(key) + " as a key");
    }
    return key;
  }

  /** The storage of a persistent id: ("storage", type, key, location, number of elements[, None]). */
  static StorageId storage(Object id, Function<String, RuntimeException> wrong) {
    if (!(id instanceof Tuple tuple) || tuple.list.isEmpty() || !"storage".equals(tuple.list.getFirst())) {
      throw wrong.apply("the pickle has a persistent id that is not a storage");
    }
    List<Object> p = tuple.list;
    if (p.size() != 5 && p.size() != 6) {
      throw wrong.apply("the pickle has a persistent id of " + p.size() + " parts, expected 5 or 6");
    }
    if (!(p.get(1) instanceof Global type) || !STORAGES.containsKey(type.name()) || !(p.get(2) instanceof String key)) {
      throw wrong.apply("the pickle has a persistent id without a storage's type and key");
    }
    if (p.size() == 6 && p.get(5) != None.NONE) {
      throw wrong.apply("storage " + key + " is a view of another, which is not supported");
    }
    DType dtype = STORAGES.get(type.name());
    long count = StoredTensor.natural(p.get(4), "storage " + key + " has a number of elements", wrong);
    if (count > Long.MAX_VALUE / dtype.bytes()) {
      throw wrong.apply("storage " + key + " of " + count + " elements overflows 64 bits");
    }
    return new StorageId(key, dtype, count);
  }
}
