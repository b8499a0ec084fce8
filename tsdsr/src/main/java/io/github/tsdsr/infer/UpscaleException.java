package io.github.tsdsr.infer;

/** Why a picture could not be upscaled, or an upscaler not be opened. The message is one line. */
public final class UpscaleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of thing went wrong. */
  public enum Kind {
    /** The options contradict each other, or ask for what there is not. */
    OPTIONS,
    /** Model, adapters or embeddings are not there, damaged, or do not fit together. */
    MODEL,
    /** The picture cannot be upscaled under these settings, whatever the machine. */
    PICTURE,
    /** Memory does not suffice. */
    MEMORY,
    /** The networks' output holds infinities or NaNs. */
    NON_FINITE,
    /** Whoever hears about the progress gave the picture up, or the thread was interrupted. */
    CANCELLED
  }

  private final Kind kind;

  /** Only the first line of the message is kept. */
  public UpscaleException(Kind kind, String message) {
    this(kind, message, null);
  }

  /** Only the first line of the message is kept. */
  public UpscaleException(Kind kind, String message, Throwable cause) {
    super(message.lines().findFirst().orElse(kind.name()), cause);
    this.kind = kind;
  }

  /** What kind of thing went wrong, for programs that act on it. */
  public Kind kind() {
    return kind;
  }
}
