package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.function.ToIntFunction;

/** The special registers, all .u32. */
enum SpecialRegister {
  TID_X("%tid.x", l -> l.tidX()),
  TID_Y("%tid.y", l -> l.tidY()),
  TID_Z("%tid.z", l -> l.tidZ()),
  NTID_X("%ntid.x", l -> l.block().shape().blockX()),
  NTID_Y("%ntid.y", l -> l.block().shape().blockY()),
  NTID_Z("%ntid.z", l -> l.block().shape().blockZ()),
  CTAID_X("%ctaid.x", l -> l.block().x()),
  CTAID_Y("%ctaid.y", l -> l.block().y()),
  CTAID_Z("%ctaid.z", l -> l.block().z()),
  NCTAID_X("%nctaid.x", l -> l.block().shape().gridX()),
  NCTAID_Y("%nctaid.y", l -> l.block().shape().gridY()),
  NCTAID_Z("%nctaid.z", l -> l.block().shape().gridZ()),
  LANEID("%laneid", l -> l.lane());

  private final String text;
  private final ToIntFunction<Lane> value;

  SpecialRegister(String text, ToIntFunction<Lane> value) {
    this.text = text;
    this.value = value;
  }

  /** The register of a name; null if there is none. */
  static SpecialRegister of(String text) {
    for (SpecialRegister r : values()) {
      if (r.text.equals(text)) {
        return r;
      }
    }
    return null;
  }

  long of(Lane lane) {
    return Integer.toUnsignedLong(value.applyAsInt(lane));
  }
}
