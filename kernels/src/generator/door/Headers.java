// SPDX-License-Identifier: Apache-2.0
package door;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The contents of the headers and of the list. Whatever is not written as expected is an error. */
final class Headers {
  /** An integer that a kernel and its launch have to agree on. */
  record Constant(String name, int value, String comment) {}

  /** The values of an enum, numbered from 0. */
  record Enumeration(List<String> values, String comment) {}

  /** A name for a struct whose parameters are partly known. */
  record Alias(String struct, List<String> arguments) {}

  /** A line of the list. */
  record Kernel(String name, String threads, String arguments, String types) {}

  /** The suffix behind a kernel's name, and the types for the parameters of its arguments. */
  record Instance(String suffix, List<String> types) {}

  private static final String INSTANCE = "DEFINE(name, _suffix, threads, blocks, Arguments<types>)";

  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<String, Enumeration> enumerations = new LinkedHashMap<>();
  private final Map<String, Struct> structs = new LinkedHashMap<>();
  private final Map<String, Alias> aliases = new LinkedHashMap<>();
  private final Map<String, List<Instance>> instances = new LinkedHashMap<>();
  private final List<Kernel> kernels = new ArrayList<>();

  private Headers() {}

  static Headers read(Path folder) throws IOException {
    Headers headers = new Headers();
    headers.readConstants(Files.readString(folder.resolve("constants.cuh")));
    headers.readInstances(Files.readString(folder.resolve("types.cuh")));
    for (String file : List.of("arguments.cuh", "search_arguments.cuh")) {
      headers.readStructs(file, Files.readString(folder.resolve(file)));
    }
    headers.readKernels(Files.readString(folder.resolve("kernels.list")));
    return headers;
  }

  Map<String, Constant> constants() {
    return constants;
  }

  Map<String, Enumeration> enumerations() {
    return enumerations;
  }

  Map<String, Struct> structs() {
    return structs;
  }

  List<Kernel> kernels() {
    return kernels;
  }

  List<Instance> instances(Kernel kernel) {
    return instances.get(kernel.types());
  }

  /** Returns the struct of a kernel's arguments. */
  Struct struct(Kernel kernel) {
    Alias alias = aliases.get(kernel.arguments());
    return structs.get(alias == null ? kernel.arguments() : alias.struct());
  }

  /**
   * Returns what stands for each parameter of that struct; types of numbers stand for themselves.
   */
  Map<String, String> bound(Kernel kernel) {
    List<String> parameters = struct(kernel).parameters();
    Alias alias = aliases.get(kernel.arguments());
    List<String> arguments = alias == null ? parameters : alias.arguments();
    Map<String, String> bound = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      bound.put(parameters.get(i), arguments.get(i));
    }
    return bound;
  }

  private static List<MatchResult> all(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().toList();
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private void readConstants(String text) {
    for (MatchResult m : all("^constexpr int (\\w+) = ([^;]+); *// (.+)$", text)) {
      constants.put(m.group(1), new Constant(m.group(1), value(m.group(2)), m.group(3)));
    }
    require(
        constants.size() == all("^constexpr", text).size(),
        "constants.cuh: a constant is not `constexpr int NAME = factors;  // meaning`");
    for (MatchResult m : all("((?:^// .*\n)+)enum (\\w+) \\{ ([\\w, ]+) \\};$", text)) {
      List<String> values = List.of(m.group(3).split(", "));
      enumerations.put(m.group(2), new Enumeration(values, comment(m.group(1))));
    }
    require(
        enumerations.size() == all("^enum", text).size(),
        "constants.cuh: an enum is not `enum Name { A, B };` below a comment");
  }

  /**
   * Returns the value of products and quotients of numbers and of constants above, from the left.
   */
  private int value(String expression) {
    int value = 1;
    String operator = "*";
    for (String part : expression.split(" ")) {
      if (part.equals("*") || part.equals("/")) {
        operator = part;
        continue;
      }
      Constant known = constants.get(part);
      int factor = known == null ? Integer.parseInt(part) : known.value();
      value = operator.equals("*") ? Math.multiplyExact(value, factor) : value / factor;
    }
    return value;
  }

  private void readInstances(String text) {
    String instance = "DEFINE\\(name, (\\w*), threads, blocks, Arguments(?:<([^>]+)>)?\\)";
    for (MatchResult set : all("^#define (\\w+)\\(DEFINE,((?:.*\\\\\n)*.*)$", text)) {
      List<Instance> of = new ArrayList<>();
      for (MatchResult m : all(instance, set.group(2))) {
        of.add(new Instance(m.group(1), m.group(2) == null ? List.of() : names(m.group(2))));
      }
      require(
          of.size() == all("\\bDEFINE\\b", set.group(2)).size(),
          "types.cuh, " + set.group(1) + ": an instance is not `" + INSTANCE + "`");
      instances.put(set.group(1), of);
    }
    require(
        instances.size() == all("^#define", text).size(),
        "types.cuh: a list of instances is not `#define NAME(DEFINE, name, …) " + INSTANCE + "`");
  }

  private static List<String> names(String list) {
    return List.of(list.replace("class ", "").split(", "));
  }

  private void readStructs(String file, String text) {
    String template = "(?:template <([\\w, ]+)>\n)?";
    String struct = "((?:^// .*\n)+)" + template + "struct (\\w+) \\{\n((?:  .*\n)+)\\};";
    int known = structs.size();
    for (MatchResult m : all(struct, text)) {
      List<String> parameters = m.group(2) == null ? List.of() : names(m.group(2));
      List<Member> members = members(file + ", " + m.group(3), parameters, m.group(4));
      structs.put(m.group(3), new Struct(m.group(3), parameters, members, comment(m.group(1))));
    }
    require(
        structs.size() - known == all("^struct", text).size(), file + ": a struct has no comment");
    int named = aliases.size();
    for (MatchResult m : all("^template <[\\w, ]+>\nusing (\\w+) = (\\w+)<([\\w, ]+)>;", text)) {
      aliases.put(m.group(1), new Alias(m.group(2), names(m.group(3))));
    }
    require(
        aliases.size() - named == all("^using", text).size(),
        file + ": a name is not `using Name = Struct<types>;` below `template <types>`");
  }

  private List<Member> members(String where, List<String> parameters, String lines) {
    List<Member> members = new ArrayList<>();
    for (String line : lines.split("\n")) {
      List<MatchResult> parts = all("^  (.+?) (\\w+);(?: *// (.+))?$", line);
      require(parts.size() == 1, where + ": not `type name;  // shape`:" + line);
      MatchResult m = parts.get(0);
      Member member = new Member(m.group(1), m.group(2), m.group(3));
      if (!member.isPointer() && structs.containsKey(member.base())) {
        member = new Member(m.group(1), m.group(2), structs.get(member.base()).comment());
      } else if (parameters.contains(m.group(1))) {
        member = new Member(m.group(1), m.group(2), "one of several structs");
      }
      require(member.comment() != null, where + ": " + member.name() + " has no shape");
      members.add(member);
    }
    return members;
  }

  private void readKernels(String text) {
    for (MatchResult m : all("^KERNEL\\((\\w+), (\\w+), \\d+, (\\w+), (\\w+)\\)$", text)) {
      Kernel kernel = new Kernel(m.group(1), m.group(2), m.group(3), m.group(4));
      require(constants.containsKey(kernel.threads()), kernel + ": unknown threads");
      require(instances.containsKey(kernel.types()), kernel + ": unknown types");
      require(struct(kernel) != null, kernel + ": unknown arguments");
      kernels.add(kernel);
    }
    require(
        kernels.size() == all("^KERNEL", text).size(),
        "kernels.list: a line is not `KERNEL(name, threads, blocks, arguments, types)`");
  }

  private static String comment(String lines) {
    return lines.replaceAll("(?m)^// ", "").strip();
  }
}
