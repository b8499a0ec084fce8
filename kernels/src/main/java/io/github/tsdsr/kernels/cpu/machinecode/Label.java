package io.github.tsdsr.kernels.cpu.machinecode;

import java.util.ArrayList;
import java.util.List;

/** A place in code that jumps lead to, before or behind them. */
public final class Label {
  private static final int UNKNOWN = -1;

  private int position = UNKNOWN;
  /** Where distances of four bytes wait for the position. */
  private final List<Integer> uses = new ArrayList<>();

  boolean known() {
    return position != UNKNOWN;
  }

  int position() {
    return position;
  }

  void set(int at) {
    position = at;
  }

  List<Integer> uses() {
    return uses;
  }
}
