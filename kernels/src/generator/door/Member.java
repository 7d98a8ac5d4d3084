// SPDX-License-Identifier: Apache-2.0
package door;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A member of a struct.
 *
 * @param type as in C++: {@code Matrix<const Number>}
 * @param name as in C++: {@code query_bias}
 * @param comment its shape
 */
record Member(String type, String name, String comment) {

  /** Returns whether it is a pointer with the stride of its rows. */
  boolean isMatrix() {
    return type.startsWith("Matrix<");
  }

  boolean isPointer() {
    return type.endsWith("*") || isMatrix();
  }

  boolean mayBeNull() {
    return comment.endsWith("or null");
  }

  /** Returns the type of a pointer's numbers, or the name of a struct. */
  String base() {
    String pointed = isMatrix() ? type.substring("Matrix<".length(), type.length() - 1) : type;
    return pointed.replaceAll("^const |\\*$|<.*>$", "");
  }

  /**
   * Returns the name of the type that a pointer of this name has in Java: {@code QueryBias} for
   * {@code query_bias}.
   */
  String pointerType() {
    return Stream.of(name.split("_"))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  /** Returns the name of the record's component: {@code queryBias} for {@code query_bias}. */
  String component() {
    return name.charAt(0) + pointerType().substring(1);
  }
}
