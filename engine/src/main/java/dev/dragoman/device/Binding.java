package dev.dragoman.device;

/**
 * The sentences of a packed batch and the slots that take them.
 *
 * @param tokens the sentences
 * @param slots sentences × 1, I32
 * @param state what the slots remember
 */
public record Binding(TokenRows.Packed tokens, Tensor slots, SlotState state) {}
