// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The weights of one product x·Wᵀ + b as a device keeps them: in whatever layout and precision
 * makes it fast. Made by {@link Device#pack}.
 */
public interface Linear {

  /** Columns of x. */
  int inputs();

  /** Columns of the result. */
  int outputs();
}
