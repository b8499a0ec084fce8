package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A word, a number or a punctuation mark, and the line where it stands. */
record Token(String text, int line) {
  private static final Pattern PATTERN = Pattern.compile(
      "(?<space>\\s+|//[^\\n]*|/\\*(?s:.*?)\\*/)"
          + "|0[fF][0-9a-fA-F]{8}|0[dD][0-9a-fA-F]{16}|0[xX][0-9a-fA-F]+U?"
          + "|\\d+\\.\\d*(?:[eE][+-]?\\d+)?|\\d+U?"
          + "|[%$._A-Za-z][\\w$.]*"
          + "|[{}()\\[\\],;:|@!+\\-<>]");

  /** All tokens of a text, without space and comments. */
  static List<Token> all(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher m = PATTERN.matcher(text);
    int line = 1;
    int at = 0;
    while (at < text.length()) {
      if (!m.find(at) || m.start() != at) {
        throw new PtxException("line " + line + ": unexpected character '" + text.charAt(at) + "'");
      }
      if (m.group("space") == null) {
        tokens.add(new Token(m.group(), line));
      }
      line += (int) m.group().chars().filter(c -> c == '\n').count();
      at = m.end();
    }
    return tokens;
  }

  boolean is(String other) {
    return text.equals(other);
  }

  boolean isNumber() {
    return Character.isDigit(text.charAt(0));
  }

  boolean isWord() {
    char c = text.charAt(0);
    return Character.isLetter(c) || c == '%' || c == '$' || c == '.' || c == '_';
  }

  PtxException unexpected(String expected) {
    return new PtxException("line " + line + ": expected " + expected + ", got '" + text + "'");
  }
}
