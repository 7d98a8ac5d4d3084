// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Linear;
import dev.dragoman.device.Tensor;

/**
 * The projection to the words (section 3.4): logits = x·Wᵀ + b. The search reads all logits anyway
 * and adds b then, which spares a pass over them.
 *
 * @param weights W, words × width, without a bias
 * @param bias b, words × 1
 */
record OutputWords(Linear weights, Tensor bias) {}
