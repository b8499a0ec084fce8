package io.github.tsdsr.io.pt;

import io.github.tsdsr.tensor.DType;

/**
 * A storage as the pickle names it; its bytes lie elsewhere in the file.
 *
 * @param key its name in the file
 * @param count elements, not negative; {@code bytes()} does not overflow
 */
record StorageId(String key, DType dtype, long count) implements Pickled {
  long bytes() {
    return count * dtype.bytes();
  }
}
