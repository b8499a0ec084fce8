package io.github.tsdsr.io.pt;

import java.lang.foreign.MemorySegment;

/** What a file says beside its tensors' bytes, and where those are. */
interface StorageSource {
  /** The pickled object. */
  Object object();

  /**
   * The bytes of a storage, exactly {@code id.bytes()} long, as they lie in the file.
   *
   * @throws io.github.tsdsr.io.FormatException if they are not there
   */
  MemorySegment bytes(StorageId id);

  /** Whether the bytes are big-endian. */
  boolean bigEndian();
}
