package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a PTX text: version, target, shared variables and kernels. */
final class PtxParser {
  private final Tokens tokens;
  private final List<Kernel.SharedVariable> moduleShared = new ArrayList<>();
  private final Map<String, Kernel> kernels = new LinkedHashMap<>();
  private int target;

  private PtxParser(String text) {
    tokens = new Tokens(text);
  }

  /**
   * @throws PtxException naming the line, if the text is not PTX or uses what the interpreter does not know
   */
  static PtxModule parse(String text) {
    return new PtxParser(text).module();
  }

  private PtxModule module() {
    tokens.expect(".version");
    tokens.next();
    tokens.expect(".target");
    Token sm = tokens.next();
    if (!sm.text().matches("sm_\\d+")) {
      throw sm.unexpected("a target such as sm_80");
    }
    target = Integer.parseInt(sm.text().substring(3));
    tokens.expect(".address_size");
    tokens.expect("64");
    while (!tokens.atEnd()) {
      Token t = tokens.next();
      switch (t.text()) {
        case ".visible" -> {
          tokens.expect(".entry");
          kernel();
        }
        case ".entry" -> kernel();
        case ".extern" -> {
          tokens.expect(".shared");
          moduleShared.add(sharedVariable(true));
        }
        case ".shared" -> moduleShared.add(sharedVariable(false));
        default -> throw t.unexpected(".entry or .shared");
      }
    }
    return new PtxModule(target, Map.copyOf(kernels));
  }

  private void kernel() {
    Token name = tokens.next();
    List<Kernel.Parameter> parameters = new ArrayList<>();
    if (tokens.accept("(") && !tokens.accept(")")) {
      do {
        parameters.add(parameter(parameters));
      } while (tokens.accept(","));
      tokens.expect(")");
    }
    int maxThreads = 0;
    while (!tokens.accept("{")) {
      Token directive = tokens.next();
      if (!directive.is(".maxntid")) {
        throw directive.unexpected(".maxntid or '{'");
      }
      maxThreads = tokens.integer();
      while (tokens.accept(",")) {
        maxThreads *= tokens.integer();
      }
    }
    Kernel kernel = new Body(name.text(), parameters, maxThreads).read();
    if (kernels.put(name.text(), kernel) != null) {
      throw new PtxException("line " + name.line() + ": a second kernel " + name.text());
    }
  }

  private Kernel.Parameter parameter(List<Kernel.Parameter> before) {
    tokens.expect(".param");
    PtxType type = tokens.type();
    int end = before.isEmpty() ? 0 : before.getLast().offset() + before.getLast().type().bytes();
    int offset = (end + type.bytes() - 1) / type.bytes() * type.bytes();
    return new Kernel.Parameter(tokens.word("a parameter's name"), type, offset);
  }

  /** [.align n] type name[count]; */
  private Kernel.SharedVariable sharedVariable(boolean extern) {
    int alignment = tokens.accept(".align") ? tokens.integer() : 0;
    PtxType type = tokens.type();
    String name = tokens.word("a variable's name");
    int count = 1;
    if (tokens.accept("[")) {
      count = tokens.accept("]") ? 0 : tokens.integer();
      if (count > 0) {
        tokens.expect("]");
      }
    }
    Token end = tokens.next();
    if (!end.is(";") || extern != (count == 0)) {
      throw end.unexpected(extern ? "an array without a size" : "a size");
    }
    return new Kernel.SharedVariable(name, count * type.bytes(), Math.max(alignment, type.bytes()), extern);
  }

  /** The part of a kernel between braces. */
  private final class Body {
    private final String name;
    private final List<Kernel.Parameter> parameters;
    private final int maxThreads;
    private final Map<String, Operand.Register> registers = new HashMap<>();
    private final List<Kernel.SharedVariable> shared = new ArrayList<>(moduleShared);
    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    Body(String name, List<Kernel.Parameter> parameters, int maxThreads) {
      this.name = name;
      this.parameters = List.copyOf(parameters);
      this.maxThreads = maxThreads;
    }

    Kernel read() {
      while (!tokens.accept("}")) {
        Token t = tokens.peek();
        if (tokens.accept(".reg")) {
          declareRegisters();
        } else if (tokens.accept(".shared")) {
          shared.add(sharedVariable(false));
        } else if (t.text().startsWith(".") || t.is("{")) {
          throw t.unexpected(".reg, .shared, a label or an instruction");
        } else {
          labelOrInstruction();
        }
      }
      return new Kernel(name, parameters, List.copyOf(shared), maxThreads, registers.size(),
          List.copyOf(instructions), Map.copyOf(labels));
    }

    private void declareRegisters() {
      PtxType type = tokens.type();
      do {
        Token register = tokens.next();
        if (tokens.accept("<")) {
          int count = tokens.integer();
          tokens.expect(">");
          for (int i = 0; i < count; i++) {
            declare(register, register.text() + i, type);
          }
        } else {
          declare(register, register.text(), type);
        }
      } while (tokens.accept(","));
      tokens.expect(";");
    }

    private void declare(Token at, String register, PtxType type) {
      if (SpecialRegister.of(register) != null
          || registers.put(register, new Operand.Register(registers.size(), type, register)) != null) {
        throw at.unexpected("a new register");
      }
    }

    private void labelOrInstruction() {
      Token t = tokens.next();
      if (tokens.accept(":")) {
        if (labels.put(t.text(), instructions.size()) != null) {
          throw t.unexpected("a new label");
        }
        return;
      }
      Operand.Register guard = null;
      boolean negated = false;
      Token opcode = t;
      if (t.is("@")) {
        negated = tokens.accept("!");
        Token p = tokens.next();
        guard = registers.get(p.text());
        if (guard == null || guard.type() != PtxType.PRED) {
          throw p.unexpected("a predicate");
        }
        opcode = tokens.next();
      }
      if (!opcode.isWord()) {
        throw opcode.unexpected("an instruction");
      }
      List<Operand> operands = new ArrayList<>();
      if (!tokens.accept(";")) {
        do {
          operands.add(operand());
        } while (tokens.accept(","));
        tokens.expect(";");
      }
      instructions.add(new Instruction(t.line(), guard, negated, opcode.text(), List.copyOf(operands)));
    }

    private Operand operand() {
      if (tokens.accept("{")) {
        List<Operand> elements = new ArrayList<>();
        do {
          elements.add(operand());
        } while (tokens.accept(","));
        tokens.expect("}");
        return new Operand.Vector(List.copyOf(elements));
      }
      if (tokens.accept("[")) {
        Operand base = operand();
        long offset = 0;
        if (tokens.accept("+")) {
          offset = tokens.accept("-") ? -tokens.integer() : tokens.integer();
        } else if (tokens.accept("-")) {
          offset = -tokens.integer();
        }
        tokens.expect("]");
        return new Operand.Address(base, offset);
      }
      if (tokens.accept("-")) {
        return number("-");
      }
      if (tokens.peek().isNumber()) {
        return number("");
      }
      return word();
    }

    private Operand number(String sign) {
      Token t = tokens.next();
      if (!t.isNumber()) {
        throw t.unexpected("a number");
      }
      return new Operand.Number(sign + t.text());
    }

    private Operand word() {
      Token t = tokens.next();
      Operand.Register r = registers.get(t.text());
      if (r != null) {
        if (tokens.accept("|")) {
          Token p = tokens.next();
          Operand.Register second = registers.get(p.text());
          if (second == null) {
            throw p.unexpected("a register");
          }
          return new Operand.Pair(r, second);
        }
        return r;
      }
      SpecialRegister special = SpecialRegister.of(t.text());
      if (special != null) {
        return new Operand.Special(special);
      }
      if (!t.isWord() || t.text().startsWith("%")) {
        throw t.unexpected("an operand (is the register declared?)");
      }
      return new Operand.Symbol(t.text());
    }
  }
}
