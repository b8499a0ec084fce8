package io.github.tsdsr.sd3;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import java.util.List;
import java.util.Set;

/** The configurations of the small models of golden section 1. */
final class Golden {
  private Golden() {}

  static MmDitConfig tiny() {
    return new MmDitConfig(2, 16, 16, 2, 2, 16, 48, 40, 16, 24, Set.of(), false);
  }

  static MmDitConfig tiny35() {
    return new MmDitConfig(2, 16, 16, 3, 3, 16, 24, 20, 16, 20, Set.of(0, 1), true);
  }

  static VaeConfig tinyVae() {
    return new VaeConfig(3, 3, 16, List.of(16, 16, 32, 32), 2, 8, true, 1.5305, 0.0609);
  }

  static LoraSet lora(SafetensorsFile file) {
    return new LoraSet(file.names(), file, 1);
  }
}
