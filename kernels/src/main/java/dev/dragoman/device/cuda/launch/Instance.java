// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.util.Map;

/**
 * A kernel for some types of numbers.
 *
 * @param name in the module: {@code attend_past_f16}
 * @param types by the names that the kernel's arguments have for them
 */
public record Instance(String name, Map<String, Element> types) {}
