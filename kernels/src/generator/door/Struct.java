// SPDX-License-Identifier: Apache-2.0
package door;

import java.util.List;
import java.util.Optional;

/**
 * A struct of arguments, or a part of one.
 *
 * @param parameters of the template that it is, or none
 */
record Struct(String name, List<String> parameters, List<Member> members, String comment) {

  /** Returns the parameter that is a struct, such as a mask; the others are types of numbers. */
  Optional<String> structParameter() {
    return parameters.stream()
        .filter(name -> members.stream().anyMatch(member -> member.type().equals(name)))
        .findFirst();
  }
}
