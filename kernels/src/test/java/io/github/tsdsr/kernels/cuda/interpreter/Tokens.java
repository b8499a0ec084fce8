package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.List;

/** A cursor over the tokens of a text. */
final class Tokens {
  private final List<Token> tokens;
  private int at;

  Tokens(String text) {
    tokens = Token.all(text);
  }

  boolean atEnd() {
    return at == tokens.size();
  }

  Token peek() {
    if (atEnd()) {
      throw new PtxException("the text ends unexpectedly");
    }
    return tokens.get(at);
  }

  Token next() {
    Token t = peek();
    at++;
    return t;
  }

  /** Takes the next token if it is this one. */
  boolean accept(String text) {
    if (!atEnd() && peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String text) {
    Token t = next();
    if (!t.is(text)) {
      throw t.unexpected("'" + text + "'");
    }
  }

  String word(String what) {
    Token t = next();
    if (!t.isWord()) {
      throw t.unexpected(what);
    }
    return t.text();
  }

  int integer() {
    Token t = next();
    if (!t.isNumber()) {
      throw t.unexpected("a number");
    }
    return Math.toIntExact(Numerals.integer(t.text()));
  }

  /** A type such as .u32. */
  PtxType type() {
    Token t = next();
    PtxType type = t.text().startsWith(".") ? PtxType.of(t.text().substring(1)) : null;
    if (type == null) {
      throw t.unexpected("a type");
    }
    return type;
  }
}
