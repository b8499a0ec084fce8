package io.github.tsdsr.io.pt;

import io.github.tsdsr.tensor.Layout;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;

/** A tensor as the pickle describes it: a window on a storage, checked to lie inside. */
record StoredTensor(StorageId storage, Layout layout) implements Pickled {
  private static final int MAX_RANK = 64;
  /** A tensor with strides of 0 may be larger than its storage, but only so far: whoever copies it needs the room. */
  private static final long MOST_REPEATED = 1L << 30;

  /**
   * Checks and makes one.
   *
   * @param wrong makes the exception from what is wrong
   */
  static StoredTensor of(
      StorageId storage, Object offset, Object size, Object stride, Function<String, RuntimeException> wrong) {
    String where = "a tensor in storage " + storage.key();
    long[] shape = naturals(size, where + " has a shape", wrong);
    long[] strides = naturals(stride, where + " has strides", wrong);
    long first = natural(offset, where + " has an offset", wrong);
    if (shape.length != strides.length) {
      throw wrong.apply(where + " has " + shape.length + " dimensions and " + strides.length + " strides");
    }
    long count = 1;
    long last = first;
    boolean empty = false;
    try {
      for (int i = 0; i < shape.length; i++) {
        empty |= shape[i] == 0;
        // A size of zero elsewhere must not hide an overflow.
        count = Math.multiplyExact(count, Math.max(1, shape[i]));
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
      Math.multiplyExact(count, storage.dtype().bytes());
    } catch (ArithmeticException e) {
      throw wrong.apply(where + " has a shape and strides that overflow 64 bits");
    }
    if (empty) {
      return new StoredTensor(storage, Layout.contiguous(shape));
    }
    if (last >= storage.count()) {
      throw wrong.apply(where + " reaches element " + last + ", the storage has " + storage.count());
    }
    if (count * storage.dtype().bytes() > Math.max(MOST_REPEATED, storage.bytes())) {
      throw wrong.apply(where + " has " + count + " elements, repeated from a storage of " + storage.count());
    }
    return new StoredTensor(storage, Layout.of(shape, strides, first));
  }

  private static long[] naturals(Object tuple, String what, Function<String, RuntimeException> wrong) {
    List<Object> list = switch (tuple) {
      case Tuple t -> t.list;
      case Items l -> l.list;
      default -> throw wrong.apply(what + " that is " + Pickled.kind(tuple) + ", expected a tuple");
    };
    if (list.size() > MAX_RANK) {
      throw wrong.apply(what + " of " + list.size() + " numbers, expected at most " + MAX_RANK);
    }
    return list.stream().mapToLong(n -> natural(n, what + " with", wrong)).toArray();
  }

  static long natural(Object n, String what, Function<String, RuntimeException> wrong) {
    if (n instanceof Long l && l >= 0) {
      return l;
    }
    String shown = n instanceof Long || n instanceof BigInteger ? n.toString() : Pickled.kind(n);
    throw wrong.apply(what + " " + shown + ", expected a number from 0 to 2^63-1");
  }
}
