package io.github.tsdsr.io;

/** A file is not what it should be. The message is one line: which file, what is wrong, what was expected. */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param file the file's name
   * @param problem what is wrong with it
   */
  public FormatException(String file, String problem) {
    super(file + ": " + problem);
  }
}
