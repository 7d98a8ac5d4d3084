// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** The function between the two products of a feed-forward layer. */
public enum Activation {
  /** x. */
  NONE,
  /** max(0, x): "Attention Is All You Need", section 3.3. */
  RELU,
  /** x·sigmoid(x), also called SiLU. */
  SWISH,
  /** x·Φ(x) with the exact normal distribution function. */
  GELU,
  /** GELU with the tangent approximation of Hendrycks and Gimpel. */
  GELU_TANH
}
