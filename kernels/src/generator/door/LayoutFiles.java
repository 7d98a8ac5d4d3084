// SPDX-License-Identifier: Apache-2.0
package door;

import door.Headers.Instance;
import door.Headers.Kernel;
import door.Layouts.Field;
import door.Layouts.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The layout as a table, and as assertions for the compiler of the kernels. */
final class LayoutFiles {
  private final Headers headers;
  private final Layouts layouts;

  LayoutFiles(Headers headers, Layouts layouts) {
    this.headers = headers;
    this.layouts = layouts;
  }

  /** Returns the files' texts. */
  Map<String, String> byName() {
    return Map.of("layout.tsv", table(), "layout.cuh", assertions());
  }

  /** Returns a kernel of each form of arguments, by the arguments' name. */
  private Map<String, Kernel> byArguments() {
    Map<String, Kernel> kernels = new LinkedHashMap<>();
    headers.kernels().forEach(kernel -> kernels.putIfAbsent(kernel.arguments(), kernel));
    return kernels;
  }

  /**
   * Returns the table: constants with their values; kernels with threads, arguments and suffixes;
   * arguments with their bytes; their numbers and pointers with offset and type.
   */
  String table() {
    StringBuilder table = new StringBuilder();
    headers.constants().values().forEach(c -> line(table, "constant", c.name(), c.value()));
    headers
        .enumerations()
        .forEach((name, e) -> line(table, "enum", name, String.join(",", e.values())));
    for (Kernel kernel : headers.kernels()) {
      String suffixes =
          headers.instances(kernel).stream().map(Instance::suffix).collect(Collectors.joining(","));
      int threads = headers.constants().get(kernel.threads()).value();
      line(table, "kernel", kernel.name(), threads, kernel.arguments(), suffixes);
    }
    byArguments()
        .forEach(
            (name, kernel) -> {
              Layout layout = layouts.of(kernel);
              line(table, "arguments", name, layout.bytes());
              for (Field field : layout.fields()) {
                line(table, "member", name, field.path(), field.offset(), field.type());
              }
            });
    return table.toString();
  }

  private static void line(StringBuilder to, Object... columns) {
    to.append(List.of(columns).stream().map(String::valueOf).collect(Collectors.joining("\t")));
    to.append('\n');
  }

  private String assertions() {
    StringBuilder text = new StringBuilder();
    text.append("// Made by src/generator from arguments.cuh, constants.cuh and kernels.list.\n");
    text.append("#include <stddef.h>\n#include \"search_arguments.cuh\"\n\n");
    text.append("namespace layout {\n");
    byArguments()
        .forEach(
            (name, kernel) -> {
              Layout layout = layouts.of(kernel);
              String types = String.join(", ", headers.instances(kernel).get(0).types());
              String arguments = "::" + name + (types.isEmpty() ? "" : "<" + types + ">");
              text.append("\nusing ").append(name).append(" = ").append(arguments).append(";\n");
              check(text, "sizeof(" + name + ")", layout.bytes());
              for (Field field : layout.fields()) {
                check(text, "offsetof(" + name + ", " + field.path() + ")", field.offset());
              }
            });
    text.append("\n}  // namespace layout\n\n");
    text.append("// What Java and Python take for the layout; Java compares it at load.\n");
    text.append("extern \"C\" {\n__device__ char kernel_layout[] = R\"layout(");
    return text.append(table()).append(")layout\";\n}\n").toString();
  }

  private static void check(StringBuilder to, String what, int bytes) {
    to.append("static_assert(").append(what).append(" == ").append(bytes);
    to.append(", \"Java expects ").append(bytes).append("\");\n");
  }
}
