// SPDX-License-Identifier: Apache-2.0
package door;

import door.Headers.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The places of the members of a struct, by the C ABI of 64-bit machines. */
final class Layouts {
  /** A number or a pointer of a struct, by its path: {@code out.stride}. */
  record Field(String path, int offset, String type) {}

  /** All numbers and pointers of a struct, and the offset of each member. */
  record Layout(int bytes, int alignment, List<Integer> offsets, List<Field> fields) {}

  private static final Layout POINTER = single("pointer", 8);
  private static final Layout MATRIX =
      new Layout(
          16,
          8,
          List.of(),
          List.of(new Field("first", 0, "pointer"), new Field("stride", 8, "int")));

  private final Headers headers;

  Layouts(Headers headers) {
    this.headers = headers;
  }

  private static Layout single(String type, int bytes) {
    return new Layout(bytes, bytes, List.of(), List.of(new Field("", 0, type)));
  }

  /** Returns the layout of a kernel's arguments. */
  Layout of(Kernel kernel) {
    return of(headers.struct(kernel), headers.bound(kernel));
  }

  /**
   * Returns the layout of a struct in which {@code bound} stands for the parameters. Types that
   * only pointers are made of need not be bound, as all pointers have one size.
   */
  Layout of(Struct struct, Map<String, String> bound) {
    List<Integer> offsets = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    int end = 0;
    int alignment = 1;
    for (Member member : struct.members()) {
      Layout inner = of(member, bound);
      int offset = roundUp(end, inner.alignment());
      offsets.add(offset);
      for (Field field : inner.fields()) {
        String path = field.path().isEmpty() ? member.name() : member.name() + "." + field.path();
        fields.add(new Field(path, offset + field.offset(), field.type()));
      }
      end = offset + inner.bytes();
      alignment = Math.max(alignment, inner.alignment());
    }
    return new Layout(roundUp(end, alignment), alignment, offsets, fields);
  }

  private static int roundUp(int bytes, int alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
  }

  private Layout of(Member member, Map<String, String> bound) {
    if (member.isPointer()) {
      return member.isMatrix() ? MATRIX : POINTER;
    }
    String type = bound.getOrDefault(member.base(), member.base());
    Struct struct = headers.structs().get(type);
    if (struct != null) {
      return of(struct, bound);
    }
    if (headers.enumerations().containsKey(type)) {
      return single("int", 4);
    }
    Headers.require(type.equals("int") || type.equals("float"), member + ": a type not known here");
    return single(type, 4);
  }
}
