package io.github.tsdsr.io;

import java.util.regex.Pattern;

/** A file is not what it should be. The message is one line: which file, what is wrong, what was expected. */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST = 300;
  // Names in the message may come from the file: they must not break the line nor move a terminal's cursor.
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  /**
   * @param file the file's name
   * @param problem what is wrong with it
   */
  public FormatException(String file, String problem) {
    super(file + ": " + printable(problem));
  }

  private static String printable(String problem) {
    String cut = problem.length() > LONGEST ? problem.substring(0, LONGEST) + "..." : problem;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }
}
