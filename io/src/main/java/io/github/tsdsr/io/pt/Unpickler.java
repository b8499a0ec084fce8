package io.github.tsdsr.io.pt;

import io.github.tsdsr.io.pt.Pickled.Dict;
import io.github.tsdsr.io.pt.Pickled.Items;
import io.github.tsdsr.io.pt.Pickled.None;
import io.github.tsdsr.io.pt.Pickled.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stack machine of Python's pickles, protocols 2 to 5, as far as files of tensors need it. Runs no code: names and calls
 * are those of {@link TorchNames}. Bounded in steps, so that a small pickle cannot take much memory.
 */
final class Unpickler {
  /** The longest pickle that is read: about fifty thousand tensors. */
  static final long LIMIT = 16 << 20;

  private static final int MAX_STEPS = 2_000_000;
  private static final int MAX_PROTOCOL = 5;
  private static final Map<Integer, String> REFUSED = Map.of(
      (int) 'i', "INST", (int) 'o', "OBJ", 0x81, "NEWOBJ", 0x92, "NEWOBJ_EX", 0x82, "EXT1", 0x83, "EXT2", 0x84, "EXT4");

  private final PickleBytes in;
  private final List<Object> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Long, Object> memo = new HashMap<>();

  private Unpickler(PickleBytes in) {
    this.in = in;
  }

  /** Runs one pickle and gives its object; the bytes stand behind it then. */
  static Object read(PickleBytes in) {
    return new Unpickler(in).run();
  }

  private Object run() {
    for (int steps = 0; steps < MAX_STEPS; steps++) {
      int opcode = in.u8();
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
    }
    throw in.wrong("the pickle has more than " + MAX_STEPS + " steps");
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> {
        int protocol = in.u8();
        if (protocol > MAX_PROTOCOL) {
          throw in.wrong("the pickle has protocol " + protocol + ", expected at most " + MAX_PROTOCOL);
        }
      }
      case 0x95 -> in.frame();
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.i32());
      case 'K' -> push((long) in.u8());
      case 'M' -> push((long) in.u16());
      case 0x8A -> push(in.integer(in.u8()));
      case 0x8B -> push(in.integer(in.i32()));
      case 'G' -> push(in.f64());
      case 'X' -> push(in.string(in.u32()));
      case 0x8C -> push(in.string(in.u8()));
      case 0x8D -> push(in.string(in.i64()));
      // Python 2 had strings of bytes.
      case 'U' -> push(new String(in.raw(in.u8()), StandardCharsets.ISO_8859_1));
      case 'T' -> push(new String(in.raw(in.u32()), StandardCharsets.ISO_8859_1));
      case 'C' -> push(in.raw(in.u8()));
      case 'B' -> push(in.raw(in.u32()));
      default -> structure(opcode);
    }
  }

  private void structure(int opcode) {
    switch (opcode) {
      case '(' -> marks.push(stack.size());
      case '0' -> pop();
      case ']' -> push(new Items());
      case 'a' -> {
        Object item = pop();
        items().list.add(item);
      }
      case 'e' -> {
        List<Object> more = toMark();
        items().list.addAll(more);
      }
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(toMark()));
      case 0x85 -> push(new Tuple(last(1)));
      case 0x86 -> push(new Tuple(last(2)));
      case 0x87 -> push(new Tuple(last(3)));
      case '}' -> push(new Dict());
      case 's' -> setItems(last(2));
      case 'u' -> setItems(toMark());
      case 'q' -> memo.put((long) in.u8(), top());
      case 'r' -> memo.put(in.u32(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'h' -> push(remembered(in.u8()));
      case 'j' -> push(remembered(in.u32()));
      default -> reference(opcode);
    }
  }

  private void reference(int opcode) {
    switch (opcode) {
      case 'c' -> {
        String module = in.line();
        push(TorchNames.global(module, in.line(), in::wrong));
      }
      case 0x93 -> {
        List<Object> names = last(2);
        if (!(names.getFirst() instanceof String module) || !(names.getLast() instanceof String name)) {
          throw in.wrong("the pickle has a global without a name");
        }
        push(TorchNames.global(module, name, in::wrong));
      }
      case 'R' -> {
        Object arguments = pop();
        push(TorchNames.call(pop(), arguments, in::wrong));
      }
      case 'Q' -> push(TorchNames.storage(pop(), in::wrong));
      case 'b' -> {
        // An OrderedDict's attributes, such as a state dict's versions: not needed.
        pop();
        if (!(top() instanceof Dict)) {
          throw in.wrong("the pickle sets attributes of " + Pickled.kind(top()));
        }
      }
      default -> throw in.wrong(
          REFUSED.containsKey(opcode)
              ? "the pickle has the opcode " + REFUSED.get(opcode) + ", which makes objects of any class"
              : String.format("the pickle has the opcode 0x%02x, which files of tensors do not have", opcode));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object top() {
    if (stack.size() <= bottom()) {
      throw in.wrong("the pickle takes from an empty stack");
    }
    return stack.getLast();
  }

  private int bottom() {
    return marks.isEmpty() ? 0 : marks.peek();
  }

  private Object pop() {
    Object value = top();
    stack.removeLast();
    return value;
  }

  private List<Object> last(int n) {
    if (stack.size() - n < bottom()) {
      throw in.wrong("the pickle takes from an empty stack");
    }
    return cut(stack.size() - n);
  }

  private List<Object> toMark() {
    if (marks.isEmpty()) {
      throw in.wrong("the pickle has no mark on its stack");
    }
    return cut(marks.pop());
  }

  private List<Object> cut(int from) {
    List<Object> end = stack.subList(from, stack.size());
    List<Object> taken = new ArrayList<>(end);
    end.clear();
    return taken;
  }

  private Items items() {
    if (top() instanceof Items items) {
      return items;
    }
    throw in.wrong("the pickle appends to " + Pickled.kind(top()));
  }

  private void setItems(List<Object> pairs) {
    if (!(top() instanceof Dict dict)) {
      throw in.wrong("the pickle sets items of " + Pickled.kind(top()));
    }
    if (pairs.size() % 2 != 0) {
      throw in.wrong("the pickle sets items from an odd number of keys and values");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      dict.put(TorchNames.key(pairs.get(i), in::wrong), pairs.get(i + 1));
    }
  }

  private Object remembered(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw in.wrong("the pickle asks for memo " + index + ", which was never stored");
    }
    return value;
  }
}
