// SPDX-License-Identifier: Apache-2.0
package door;

import door.Headers.Constant;
import door.Headers.Enumeration;
import door.Headers.Instance;
import door.Headers.Kernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of Java's side: one for each struct and each name of a pointer, and those of all
 * kernels.
 */
final class JavaFiles {
  static final String PACKAGE = "dev.dragoman.device.cuda.launch";

  private static final Pattern JAVA_ENUM = Pattern.compile("the enum (dev[.\\w]+)");
  private static final List<String> IMPORTS =
      List.of("java.nio.ByteBuffer", "java.util.List", "java.util.Map", "java.util.Optional");

  /** The names that Java's {@code Element} has for C++'s types of numbers. */
  private static final Map<String, String> ELEMENTS =
      Map.of(
          "float", "F32",
          "half", "F16",
          "bfloat16", "BF16",
          "signed char", "I8",
          "int", "I32",
          "unsigned", "B32",
          "unsigned short", "B16");

  private final Headers headers;
  private final Layouts layouts;
  private final Map<String, String> files = new TreeMap<>();
  private final Map<String, Member> pointers = new HashMap<>();

  JavaFiles(Headers headers, Layouts layouts) {
    this.headers = headers;
    this.layouts = layouts;
  }

  /** Returns the files' texts. */
  Map<String, String> byName() {
    headers.structs().values().forEach(this::addStruct);
    for (Struct struct : headers.structs().values()) {
      struct.members().forEach(member -> addPointer(struct, member));
    }
    add("Kernels", kernels());
    add("Constants", constants());
    add("Layout", layout());
    return files;
  }

  private void add(String name, String text) {
    StringBuilder file = new StringBuilder();
    file.append("// Made by src/generator from the headers in src/main/cuda.\n");
    file.append("package ").append(PACKAGE).append(";\n\n");
    String imports =
        IMPORTS.stream()
            .filter(imported -> isUsed(imported.substring(imported.lastIndexOf('.') + 1), text))
            .map(imported -> "import " + imported + ";\n")
            .collect(Collectors.joining());
    file.append(imports).append(imports.isEmpty() ? "" : "\n").append(text);
    String before = files.put(name + ".java", file.toString());
    Headers.require(before == null, name + " is the name of two types");
  }

  private static boolean isUsed(String type, String text) {
    return Pattern.compile("\\b" + type + "[.<( ]").matcher(text).find();
  }

  // --- structs ----------------------------------------------------------------------------------

  private void addStruct(Struct struct) {
    StringBuilder text = new StringBuilder();
    text.append("/**\n * ").append(javadoc(struct.comment())).append("\n *\n");
    String parameter = struct.structParameter().orElse("");
    if (!parameter.isEmpty()) {
      text.append(" * @param <").append(parameter).append("> the struct of the last member\n");
    }
    for (Member member : struct.members()) {
      text.append(" * @param ").append(member.component()).append(' ');
      text.append(javadoc(member.comment())).append('\n');
    }
    text.append(" */\npublic record ").append(struct.name());
    text.append(parameter.isEmpty() ? "" : "<" + parameter + " extends Arguments>").append("(\n");
    text.append(
        struct.members().stream()
            .map(member -> "    " + javaType(member) + " " + member.component())
            .collect(Collectors.joining(",\n")));
    text.append(")\n    implements Arguments {\n");
    addMethods(text, struct);
    add(struct.name(), text.append("}\n").toString());
  }

  private void addMethods(StringBuilder text, Struct struct) {
    List<Integer> offsets = layouts.of(struct, anyStruct(struct)).offsets();
    text.append("\n  @Override\n  public void writeTo(ByteBuffer bytes, int at) {\n");
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < offsets.size(); i++) {
      Member member = struct.members().get(i);
      text.append("    ").append(write(member, "at + " + offsets.get(i))).append(";\n");
      boolean isNumber = struct.parameters().contains(member.base());
      if (member.isPointer() && isNumber) {
        conditions.add(member.component() + ".isOf(types.get(\"" + member.base() + "\"))");
      } else if (isTemplate(member)) {
        conditions.add(member.component() + ".isOf(types)");
      }
    }
    text.append("  }\n");
    if (!conditions.isEmpty()) {
      text.append("\n  @Override\n  public boolean isOf(Map<String, Element> types) {\n");
      text.append("    return ").append(String.join("\n        && ", conditions));
      text.append(";\n  }\n");
    }
  }

  private boolean isTemplate(Member member) {
    Struct struct = headers.structs().get(member.base());
    return struct != null && !struct.parameters().isEmpty();
  }

  /**
   * Returns some struct for the parameter that is one; it comes last, so that its size does not
   * matter.
   */
  private Map<String, String> anyStruct(Struct struct) {
    if (struct.structParameter().isEmpty()) {
      return Map.of();
    }
    String parameter = struct.structParameter().get();
    Member last = struct.members().get(struct.members().size() - 1);
    Headers.require(last.type().equals(parameter), struct.name() + ": " + parameter + " not last");
    List<String> bound =
        headers.kernels().stream()
            .filter(kernel -> headers.struct(kernel).equals(struct))
            .map(kernel -> headers.bound(kernel).get(parameter))
            .toList();
    for (String each : bound) {
      int alignment = layouts.of(headers.structs().get(each), Map.of()).alignment();
      Headers.require(alignment == 8, each + " has an alignment of " + alignment);
    }
    return Map.of(parameter, bound.get(0));
  }

  private String javaType(Member member) {
    if (member.isPointer()) {
      return member.pointerType();
    }
    Enumeration enumeration = headers.enumerations().get(member.type());
    return enumeration == null ? member.base() : javaEnum(enumeration);
  }

  private static String javaEnum(Enumeration enumeration) {
    Matcher named = JAVA_ENUM.matcher(enumeration.comment());
    Headers.require(named.find(), "an enum names no enum of Java: " + enumeration.comment());
    return named.group(1);
  }

  private String write(Member member, String place) {
    String value = member.component();
    if (headers.enumerations().containsKey(member.type())) {
      return "bytes.putInt(" + place + ", Constants.code(" + value + "))";
    }
    return switch (member.type()) {
      case "int" -> "bytes.putInt(" + place + ", " + value + ")";
      case "float" -> "bytes.putFloat(" + place + ", " + value + ")";
      default -> value + ".writeTo(bytes, " + place + ")";
    };
  }

  // --- pointers ---------------------------------------------------------------------------------

  private void addPointer(Struct struct, Member member) {
    if (!member.isPointer()) {
      return;
    }
    Headers.require(
        !(member.isMatrix() && member.mayBeNull()),
        struct.name() + ": " + member.name() + " is a matrix, which cannot be null");
    Member known = pointers.putIfAbsent(member.name(), member);
    boolean isNumber = struct.parameters().contains(member.base());
    if (known != null) {
      Headers.require(
          known.isMatrix() == member.isMatrix()
              && known.mayBeNull() == member.mayBeNull()
              && (isNumber || known.base().equals(member.base()))
              && isNumber == !ELEMENTS.containsKey(known.base()),
          struct.name() + ": " + member.name() + " is another kind of pointer than elsewhere");
      return;
    }
    String name = member.pointerType();
    String kind = member.isMatrix() ? "MatrixPointer" : "Pointer";
    StringBuilder text = new StringBuilder();
    text.append("/**\n * The argument {@code ").append(member.name()).append("}: ");
    text.append(javadoc(member.comment()))
        .append(".\n *\n * @param tensor that it points to\n */\n");
    String type = member.mayBeNull() ? "Optional<? extends Operand>" : "Operand";
    text.append("public record ").append(name).append("(").append(type).append(" tensor)");
    text.append(" implements ").append(member.mayBeNull() ? "OptionalPointer" : kind);
    text.append(" {\n");
    if (!isNumber) {
      String element = "Element." + ELEMENTS.get(member.base());
      text.append("\n  /** Refuses numbers of another type. */\n  public ").append(name);
      text.append(" {\n    ").append(element).append(".check(\"").append(member.name());
      text.append("\", tensor);\n  }\n");
    }
    text.append(
        "\n  @Override\n  public String toString() {\n    return tensor.toString();\n  }\n}\n");
    add(name, text.toString());
  }

  // --- all kernels ------------------------------------------------------------------------------

  private String kernels() {
    StringBuilder text = new StringBuilder();
    text.append("/** The kernels, called as in kernels.list. */\npublic final class Kernels {\n");
    for (Kernel kernel : headers.kernels()) {
      Struct struct = headers.struct(kernel);
      Map<String, String> bound = headers.bound(kernel);
      String arguments =
          struct.name() + struct.structParameter().map(p -> "<" + bound.get(p) + ">").orElse("");
      text.append("  /** ").append(javadoc(struct.comment())).append(" */\n");
      text.append("  public static final Kernel<").append(arguments).append("> ");
      text.append(kernel.name()).append(" =\n      new Kernel<>(\"").append(kernel.name());
      text.append("\", Constants.").append(kernel.threads()).append(", ");
      text.append(layouts.of(kernel).bytes()).append(", List.of(");
      text.append(
          headers.instances(kernel).stream()
              .map(instance -> instance(kernel, struct, instance))
              .collect(Collectors.joining(",")));
      text.append("));\n\n");
    }
    text.append(
        "  /** Every kernel. */\n  public static final List<Kernel<?>> ALL =\n      List.of(");
    text.append(
        headers.kernels().stream().map(Kernel::name).collect(Collectors.joining(",\n          ")));
    return text.append(");\n\n  private Kernels() {}\n}\n").toString();
  }

  private static String instance(Kernel kernel, Struct struct, Instance instance) {
    List<String> types = new ArrayList<>();
    for (int i = 0; i < instance.types().size(); i++) {
      String element = ELEMENTS.get(instance.types().get(i));
      types.add("\"" + struct.parameters().get(i) + "\", Element." + element);
    }
    String of = String.join(", ", types);
    return "\n          new Instance(\""
        + kernel.name()
        + instance.suffix()
        + "\", Map.of("
        + of
        + "))";
  }

  private String constants() {
    StringBuilder text = new StringBuilder();
    text.append("/** The numbers that a kernel and its launch agree on. */\n");
    text.append("public final class Constants {\n");
    for (Constant constant : headers.constants().values()) {
      constant(text, constant.name(), constant.value(), constant.comment());
    }
    headers.enumerations().forEach((name, of) -> enumeration(text, name, of));
    return text.append("  private Constants() {}\n}\n").toString();
  }

  private static void constant(StringBuilder text, String name, int value, String comment) {
    text.append("  /** ").append(javadoc(comment)).append(" */\n  public static final int ");
    text.append(name).append(" = ").append(value).append(";\n\n");
  }

  /**
   * Adds an enum's values as constants. An enum of Java gets a switch instead, which does not
   * compile if a value is missing.
   */
  private static void enumeration(StringBuilder text, String name, Enumeration of) {
    if (!JAVA_ENUM.matcher(of.comment()).find()) {
      for (String value : of.values()) {
        constant(text, value, of.values().indexOf(value), "A " + name + ".");
      }
      return;
    }
    text.append(
        "  /** Returns the number by which the kernels know a value. */\n  public static int code(");
    text.append(javaEnum(of)).append(" value) {\n    return switch (value) {\n");
    for (String value : of.values()) {
      text.append("      case ").append(value).append(" -> ").append(of.values().indexOf(value));
      text.append(";\n");
    }
    text.append("    };\n  }\n\n");
  }

  private String layout() {
    String table = new LayoutFiles(headers, layouts).table();
    return "/** What a module of the kernels has to say of itself. */\n"
        + "public final class Layout {\n"
        + "  /** The table that the generator has put into the module, layout.tsv. */\n"
        + "  public static final String TABLE =\n      \"\"\"\n"
        + table
        + "\"\"\";\n\n  private Layout() {}\n}\n";
  }

  private static String javadoc(String comment) {
    return comment
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("`([^`]*)`", "{@code $1}")
        .replaceAll("\n *", " ");
  }
}
