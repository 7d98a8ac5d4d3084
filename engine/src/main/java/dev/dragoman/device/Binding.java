// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The sentences of a packed batch and the slots that take them.
 *
 * @param tokens the sentences
 * @param slots sentences × 1, I32
 * @param starts sentences × 1, I32: where each source begins in the source caches
 * @param state what the slots remember
 */
public record Binding(TokenRows.Packed tokens, Tensor slots, Tensor starts, SlotState state) {}
