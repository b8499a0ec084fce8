package io.github.tsdsr.kernels.cpu.machinecode;

import io.github.tsdsr.kernels.cpu.machinecode.Operand.Constant;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Memory;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Spread;
import io.github.tsdsr.kernels.cpu.machinecode.Operand.Vector;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes x86-64 machine code: the instructions on vectors of 16 floats (AVX-512F) and on addresses that the kernels need, by their
 * names in Intel's manual, destination first. Constants lie behind the code.
 */
public final class Assembler {
  /** What a jump asks of the last comparison or subtraction. */
  public enum Condition {
    ALWAYS(0),
    ZERO(0x84),
    NOT_ZERO(0x85),
    LESS(0x8C),
    NOT_GREATER(0x8E);

    private final int opcode;

    Condition(int opcode) {
      this.opcode = opcode;
    }
  }

  private static final int MAP_0F = 1;
  private static final int MAP_0F38 = 2;
  private static final int MAP_0F3A = 3;
  private static final int NONE = 0;
  private static final int P66 = 1;
  private static final int PF3 = 2;
  private static final int PF2 = 3;
  private static final int ALIGNMENT = 16;

  /** What a kind of instruction has in common: prefix, opcode map, opcode, 64-bit elements or not, bytes of a memory operand. */
  private record Form(int prefix, int map, int opcode, boolean wide, int bytes) {
    static Form floats(int prefix, int map, int opcode) {
      return new Form(prefix, map, opcode, false, 64);
    }

    static Form doubles(int opcode) {
      return new Form(PF2, MAP_0F, opcode, true, 8);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<Integer, Label> constants = new LinkedHashMap<>();
  private final Map<Integer, Integer> patches = new LinkedHashMap<>();
  /** Distances to labels that are not bound yet. */
  private int waiting;

  /** How many bytes were written: where the next instruction begins. */
  public int position() {
    return out.size();
  }

  /** Fills up with instructions that do nothing, so that a function or a loop begins at a line of the cache's quarter. */
  public void align() {
    while (out.size() % ALIGNMENT != 0) {
      write(0x90);
    }
  }

  /**
   * The code and its constants.
   *
   * @throws IllegalStateException if a jump leads to a label that was never bound
   */
  public byte[] bytes() {
    align();
    for (Map.Entry<Integer, Label> constant : constants.entrySet()) {
      bind(constant.getValue());
      write32(constant.getKey());
    }
    constants.clear();
    if (waiting > 0) {
      throw new IllegalStateException(waiting + " jumps to labels that were never bound");
    }
    byte[] code = out.toByteArray();
    ByteBuffer view = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    patches.forEach(view::putInt);
    return code;
  }

  // Vectors of floats.

  /** {@code dst = a + b}, in the mask's lanes. */
  public void vaddps(int dst, int a, Operand b, Mask mask) {
    evex(Form.floats(NONE, MAP_0F, 0x58), dst, a, b, mask);
  }

  public void vaddps(int dst, int a, Operand b) {
    vaddps(dst, a, b, Mask.ALL);
  }

  public void vsubps(int dst, int a, Operand b) {
    evex(Form.floats(NONE, MAP_0F, 0x5C), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a - b}, in the mask's lanes. */
  public void vsubps(int dst, int a, Operand b, Mask mask) {
    evex(Form.floats(NONE, MAP_0F, 0x5C), dst, a, b, mask);
  }

  public void vmulps(int dst, int a, Operand b) {
    evex(Form.floats(NONE, MAP_0F, 0x59), dst, a, b, Mask.ALL);
  }

  public void vdivps(int dst, int a, Operand b) {
    evex(Form.floats(NONE, MAP_0F, 0x5E), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a < b ? a : b}: b where one is no number. */
  public void vminps(int dst, int a, Operand b) {
    evex(Form.floats(NONE, MAP_0F, 0x5D), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a > b ? a : b}: b where one is no number. */
  public void vmaxps(int dst, int a, Operand b) {
    evex(Form.floats(NONE, MAP_0F, 0x5F), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a b + dst}, rounded once. */
  public void vfmadd231ps(int dst, int a, Operand b) {
    evex(Form.floats(P66, MAP_0F38, 0xB8), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a dst + b}, rounded once. */
  public void vfmadd213ps(int dst, int a, Operand b) {
    evex(Form.floats(P66, MAP_0F38, 0xA8), dst, a, b, Mask.ALL);
  }

  /** {@code dst = a[2i] b[2i] + a[2i+1] b[2i+1] + dst[i]}, of numbers in BF16; a sum in F32 (AVX512_BF16). */
  public void vdpbf16ps(int dst, int a, Operand b) {
    evex(Form.floats(PF3, MAP_0F38, 0x52), dst, a, b, Mask.ALL);
  }

  /** Sixteen floats rounded to BF16, to nearest even, in the lower half of dst (AVX512_BF16). */
  public void vcvtneps2bf16(int dst, int from) {
    evex(Form.floats(PF3, MAP_0F38, 0x72), dst, 0, new Vector(from), Mask.ALL);
  }

  /** The lower half of a register. */
  public void vmovupsHalf(Memory to, int from) {
    evex(new Form(NONE, MAP_0F, 0x11, false, 32), from, 0, to, Mask.ALL);
  }

  /** Bits. */
  public void vpxord(int dst, int a, Operand b) {
    evex(Form.floats(P66, MAP_0F, 0xEF), dst, a, b, Mask.ALL);
  }

  /** Integers. */
  public void vpaddd(int dst, int a, Operand b) {
    evex(Form.floats(P66, MAP_0F, 0xFE), dst, a, b, Mask.ALL);
  }

  /** Integers, shifted to the left. */
  public void vpslld(int dst, int a, int bits) {
    evex(Form.floats(P66, MAP_0F, 0x72), 6, dst, new Vector(a), Mask.ALL);
    write(bits);
  }

  /** Sixteen lanes of a : b, b the lower, from a lane of b on. */
  public void valignd(int dst, int a, int b, int lane) {
    evex(Form.floats(P66, MAP_0F3A, 0x03), dst, a, new Vector(b), Mask.ALL);
    write(lane);
  }

  /** The lowest lane of a register, or one float, into every lane. */
  public void vbroadcastss(int dst, Operand from) {
    Operand one = from instanceof Spread s ? s.at() : from;
    evex(new Form(P66, MAP_0F38, 0x18, false, 4), dst, 0, one, Mask.ALL);
  }

  public void vmovups(int dst, Memory from, Mask mask) {
    evex(Form.floats(NONE, MAP_0F, 0x10), dst, 0, from, mask);
  }

  public void vmovups(int dst, Memory from) {
    vmovups(dst, from, Mask.ALL);
  }

  public void vmovups(Memory to, int from, Mask mask) {
    evex(Form.floats(NONE, MAP_0F, 0x11), from, 0, to, mask);
  }

  public void vmovups(Memory to, int from) {
    vmovups(to, from, Mask.ALL);
  }

  /** From register to register. */
  public void vmovaps(int dst, int from) {
    evex(Form.floats(NONE, MAP_0F, 0x28), dst, 0, new Vector(from), Mask.ALL);
  }

  // The lowest lane.

  public void vmovss(Memory to, int from) {
    evex(new Form(PF3, MAP_0F, 0x11, false, 4), from, 0, to, Mask.ALL);
  }

  public void vmovsd(int dst, Memory from) {
    evex(Form.doubles(0x10), dst, 0, from, Mask.ALL);
  }

  public void vcvtss2sd(int dst, int a) {
    evex(new Form(PF3, MAP_0F, 0x5A, false, 4), dst, a, new Vector(a), Mask.ALL);
  }

  public void vcvtsd2ss(int dst, int a) {
    evex(Form.doubles(0x5A), dst, a, new Vector(a), Mask.ALL);
  }

  public void vaddsd(int dst, int a, int b) {
    evex(Form.doubles(0x58), dst, a, new Vector(b), Mask.ALL);
  }

  public void vsubsd(int dst, int a, int b) {
    evex(Form.doubles(0x5C), dst, a, new Vector(b), Mask.ALL);
  }

  public void vmulsd(int dst, int a, int b) {
    evex(Form.doubles(0x59), dst, a, new Vector(b), Mask.ALL);
  }

  public void vdivsd(int dst, int a, int b) {
    evex(Form.doubles(0x5E), dst, a, new Vector(b), Mask.ALL);
  }

  /** {@code dst = a > b ? a : b}: b where one is no number. */
  public void vmaxsd(int dst, int a, int b) {
    evex(Form.doubles(0x5F), dst, a, new Vector(b), Mask.ALL);
  }

  public void vsqrtsd(int dst, int a) {
    evex(Form.doubles(0x51), dst, a, new Vector(a), Mask.ALL);
  }

  /** Leaves the vector registers as other code expects them. */
  public void vzeroupper() {
    write(0xC5, 0xF8, 0x77);
  }

  /**
   * Prefix 62 P0 P1 P2, opcode, operands. A vector register's number has five bits, of which the prefix holds the upper two,
   * inverted.
   */
  private void evex(Form form, int reg, int second, Operand right, Mask mask) {
    boolean spread = right instanceof Spread || right instanceof Constant && form.bytes == 64;
    int x = switch (right) {
      case Vector v -> v.number() >> 4 & 1;
      case Memory m -> indexBit(m);
      case Spread s -> indexBit(s.at());
      case Constant _ -> 0;
    };
    int b = switch (right) {
      case Vector v -> v.number() >> 3 & 1;
      case Memory m -> m.base().high();
      case Spread s -> s.at().base().high();
      case Constant _ -> 0;
    };
    // Lanes that a mask leaves out become zero in a register; in memory they stay.
    boolean store = form.opcode == 0x11 && form.map == MAP_0F;
    boolean zeroing = mask != Mask.ALL && !store;
    write(0x62);
    write(not(reg >> 3) << 7 | not(x) << 6 | not(b) << 5 | not(reg >> 4) << 4 | form.map);
    write((form.wide ? 0x80 : 0) | (~second & 15) << 3 | 4 | form.prefix);
    int length = form.bytes == 64 || form.opcode == 0x18 ? 2 : form.bytes == 32 ? 1 : 0;
    write((zeroing ? 0x80 : 0) | length << 5 | (spread ? 0x10 : 0) | not(second >> 4) << 3 | mask.ordinal());
    write(form.opcode);
    switch (right) {
      case Vector v -> write(0xC0 | (reg & 7) << 3 | v.number() & 7);
      case Memory m -> memory(reg & 7, m, form.bytes);
      case Spread s -> memory(reg & 7, s.at(), 4);
      case Constant c -> {
        write((reg & 7) << 3 | 5);
        distance(constants.computeIfAbsent(c.bits(), _ -> new Label()));
      }
    }
  }

  private static int indexBit(Memory m) {
    return m.index() == null ? 0 : m.index().high();
  }

  private static int not(int bit) {
    return ~bit & 1;
  }

  // Masks.

  /** k = the lower 16 bits of a register. */
  public void kmovw(Mask k, Register from) {
    write(0xC4, 0xC1 | not(from.high()) << 5, 0x78, 0x92, 0xC0 | k.ordinal() << 3 | from.low());
  }

  /** {@code dst = a} without its bits from number {@code from} on, up to 255. */
  public void bzhi(Register dst, Register a, Register from) {
    write(0xC4, not(dst.high()) << 7 | 0x40 | not(a.high()) << 5 | MAP_0F38);
    write(0x80 | (~from.ordinal() & 15) << 3, 0xF5, 0xC0 | dst.low() << 3 | a.low());
  }

  // Addresses and counters, all of 64 bits.

  public void mov(Register dst, Register from) {
    write(0x48 | from.high() << 2 | dst.high(), 0x89, 0xC0 | from.low() << 3 | dst.low());
  }

  public void mov(Register dst, int value) {
    write(0x48 | dst.high(), 0xC7, 0xC0 | dst.low());
    write32(value);
  }

  public void mov(Register dst, Memory from) {
    integer(0x8B, dst, from);
  }

  public void mov(Memory to, Register from) {
    integer(0x89, from, to);
  }

  public void lea(Register dst, Memory address) {
    integer(0x8D, dst, address);
  }

  public void add(Register dst, Register a) {
    write(0x48 | a.high() << 2 | dst.high(), 0x01, 0xC0 | a.low() << 3 | dst.low());
  }

  public void add(Register dst, Memory a) {
    integer(0x03, dst, a);
  }

  public void add(Memory dst, Register a) {
    integer(0x01, a, dst);
  }

  public void add(Register dst, int value) {
    immediate(0, dst, value);
  }

  public void sub(Register dst, int value) {
    immediate(5, dst, value);
  }

  public void sub(Register dst, Register a) {
    write(0x48 | a.high() << 2 | dst.high(), 0x29, 0xC0 | a.low() << 3 | dst.low());
  }

  public void cmp(Register a, int value) {
    immediate(7, a, value);
  }

  public void shr(Register dst, int bits) {
    write(0x48 | dst.high(), 0xC1, 0xE8 | dst.low(), bits);
  }

  private void immediate(int extension, Register dst, int value) {
    boolean small = value == (byte) value;
    write(0x48 | dst.high(), small ? 0x83 : 0x81, 0xC0 | extension << 3 | dst.low());
    if (small) {
      write(value);
    } else {
      write32(value);
    }
  }

  private void integer(int opcode, Register reg, Memory m) {
    write(0x48 | reg.high() << 2 | indexBit(m) << 1 | m.base().high(), opcode);
    memory(reg.low(), m, 1);
  }

  public void push(Register r) {
    stack(0x50, r);
  }

  public void pop(Register r) {
    stack(0x58, r);
  }

  private void stack(int opcode, Register r) {
    if (r.high() == 1) {
      write(0x41);
    }
    write(opcode | r.low());
  }

  public void ret() {
    write(0xC3);
  }

  public void cpuid() {
    write(0x0F, 0xA2);
  }

  public void xgetbv() {
    write(0x0F, 0x01, 0xD0);
  }

  /** Jumps to a label that is bound already or later. */
  public void jump(Condition condition, Label to) {
    if (condition == Condition.ALWAYS) {
      write(0xE9);
    } else {
      write(0x0F, condition.opcode);
    }
    distance(to);
  }

  /** The label is here. */
  public void bind(Label label) {
    label.set(out.size());
    label.uses().forEach(at -> patches.put(at, out.size() - at - 4));
    waiting -= label.uses().size();
    label.uses().clear();
  }

  /** A label here. */
  public Label here() {
    Label label = new Label();
    bind(label);
    return label;
  }

  /** Four bytes: how far a label lies behind them. */
  private void distance(Label label) {
    if (label.known()) {
      write32(label.position() - out.size() - 4);
    } else {
      label.uses().add(out.size());
      waiting++;
      write32(0);
    }
  }

  /** Register, addressing mode and displacement, which takes one byte where it is a small multiple of a unit. */
  private void memory(int reg, Memory m, int unit) {
    int units = m.displacement() / unit;
    boolean none = m.displacement() == 0 && m.base().low() != 5;
    boolean small = m.displacement() % unit == 0 && units == (byte) units;
    boolean sib = m.index() != null || m.base().low() == 4;
    int mode = none ? 0 : small ? 1 : 2;
    write(mode << 6 | reg << 3 | (sib ? 4 : m.base().low()));
    if (sib) {
      int index = m.index() == null ? 4 : m.index().low();
      write(Integer.numberOfTrailingZeros(m.scale()) << 6 | index << 3 | m.base().low());
    }
    if (mode == 1) {
      write(units);
    } else if (mode == 2) {
      write32(m.displacement());
    }
  }

  private void write(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }

  private void write32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >> shift);
    }
  }
}
