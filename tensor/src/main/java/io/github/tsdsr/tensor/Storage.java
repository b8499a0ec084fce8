package io.github.tsdsr.tensor;

/**
 * Bytes on one device, with counted owners. A new storage has one owner; when the last one lets go the bytes return to
 * where they came from, and using the storage is an error. A storage belongs to one thread at a time.
 */
public abstract class Storage {
  private int owners = 1;
  private int version;

  /** Size in bytes. */
  public abstract long bytes();

  /** Gives the bytes back. Called once, when the last owner has let go. */
  protected abstract void free();

  /** How often the storage has been written by an operation or an upload; what saved it for later compares this. */
  public final int version() {
    return version;
  }

  /** Counts a write. Backends call it for the outputs of every operation. */
  public final void written() {
    version++;
  }

  /** Adds an owner. */
  public final void retain() {
    checkAlive();
    owners++;
  }

  /** Takes an owner away; the last one frees the bytes. */
  public final void release() {
    checkAlive();
    if (--owners == 0) {
      free();
    }
  }

  /** Whether the storage still has an owner. */
  public final boolean isAlive() {
    return owners > 0;
  }

  /**
   * Fails if the storage has been freed.
   *
   * @throws IllegalStateException if no owner is left
   */
  public final void checkAlive() {
    if (owners <= 0) {
      throw new IllegalStateException("a storage of " + bytes() + " bytes is used after its last owner let go");
    }
  }
}
