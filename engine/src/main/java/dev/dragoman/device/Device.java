// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.List;

/**
 * Computes: the seam between the Transformer and the hardware. Its operations have the grain of the
 * paper, so that one orchestration serves every device and each device can fuse inside.
 *
 * <p>Rules: outputs belong to the caller and have the right shape; no operation but those that
 * allocate, {@link #snapshot}, {@link #pack} and {@link #fork} takes memory; operations of one
 * device run in the order in which they are called, and are finished for the host only after {@link
 * #synchronize}, {@link #download} or {@link Snapshot#await}. A device is used by one thread at a
 * time; {@link #fork} makes one for another thread. Shapes that do not agree are an {@link
 * IllegalArgumentException}.
 */
public interface Device extends AutoCloseable {

  /** Returns what it is, to be read: {@code cuda:1 (NVIDIA H200, float16, cublasLt 13.0)}. */
  String name();

  /**
   * Returns what the results depend on: kind and precision, {@code cuda (float16)}, whichever of
   * its kind it is.
   */
  String arithmetic();

  /**
   * Returns how it computes, to be read: which products it takes, and what was found out about
   * them. The facts may be more or others once weights have been packed here or on a fork.
   */
  default List<Inspection.Fact> facts() {
    return List.of();
  }

  /** Returns how much work suits it. */
  DeviceCapacity capacity();

  /** Returns the bytes that could still be taken; may collect the host's garbage to find them. */
  long freeBytes();

  /** Returns the bytes of tensors and packed weights that this device and its forks hold. */
  long bytesHeld();

  /**
   * Takes memory, filled with zeros.
   *
   * @throws OutOfDeviceMemoryException if there is less
   */
  Tensor allocate(DataType type, Shape shape);

  /**
   * Takes memory for the keys and values of the decoder's own tokens, where attention with {@link
   * Mask.Past} reads them best. What was written at a slot's positions may be gone once a step 0
   * has been appended for that slot.
   *
   * @param shape positions × width
   * @param heads of the attention that reads them; the width is a multiple
   */
  KeyValueCache allocateCache(Shape shape, int heads);

  /**
   * Takes memory for the keys and values of sources, where attention with {@link Mask.Source} reads
   * them best.
   *
   * @param shape positions × width
   * @param heads as above
   */
  KeyValueCache allocateSourceCache(Shape shape, int heads);

  /**
   * Takes memory, filled with zeros, that the host can look into while the device works; for what
   * the device seldom touches.
   *
   * @throws OutOfDeviceMemoryException if there is less
   */
  Tensor allocateShared(DataType type, Shape shape);

  /**
   * Takes the memory to see an I32 tensor a few steps later.
   *
   * @throws OutOfDeviceMemoryException if there is less
   */
  Snapshot snapshot(Tensor of);

  /**
   * Takes the weights of a product in the layout that suits this device.
   *
   * @param weight outputs × inputs
   * @param bias outputs numbers; an output of -infinity is one that is never chosen
   */
  Linear pack(HostTensor weight, float[] bias);

  /**
   * Takes the weights of the product to the words, in the layout that suits this device for {@link
   * #searchAmong}; the product has no bias.
   *
   * @param weight words × inputs
   */
  Linear packWords(HostTensor weight);

  /**
   * Takes the weights of the product to the words for {@link #linearToShortlists}, in the layout
   * that suits this device for it.
   *
   * @param weight words × inputs
   */
  Linear packForShortlists(HostTensor weight);

  /**
   * Gets ready for a feed-forward layer, once at load: may try which way of computing it is the
   * faster one here. The way of a shape does not change afterwards.
   */
  void tune(FeedForwardWeights weights);

  /** Copies numbers to the first elements of an F32 tensor, row by row. */
  void upload(float[] from, Tensor to);

  /** Copies numbers to the first elements of an I32 tensor, row by row. */
  void upload(int[] from, Tensor to);

  /** Waits for the work before it, then copies the whole F32 tensor into {@code to}, row by row. */
  void download(Tensor from, float[] to);

  /** Waits for the work before it, then copies the whole I32 tensor into {@code to}, row by row. */
  void download(Tensor from, int[] to);

  /**
   * Copies shared F32 memory row by row as it is now, without waiting. What was done before a
   * {@link Snapshot} that has been awaited is in it.
   */
  void peek(Tensor shared, float[] to);

  /** Copies shared I32 memory as {@link #peek(Tensor, float[])} does. */
  void peek(Tensor shared, int[] to);

  /**
   * Waits until everything asked for is done. After another operation has failed this tells whether
   * the device can still be used.
   *
   * @throws DeviceLostException if it cannot
   */
  void synchronize();

  /**
   * Computes token embedding · scale + position.
   *
   * @param out tokens.count × width
   */
  void embed(TokenRows tokens, EmbeddingTable table, Tensor out);

  /**
   * Computes x·Wᵀ + b.
   *
   * @param x rows × inputs
   * @param out rows × outputs
   */
  void linear(Tensor x, Linear weights, Tensor out);

  /**
   * Computes x·Wᵀ in the columns of the shortlist of each row's slot; the other columns hold
   * anything. A number depends on its row of x and its word alone, not on the other words of the
   * shortlist.
   *
   * @param x tokens.count × inputs
   * @param words made by {@link #packForShortlists}
   * @param tokens whose state has shortlists
   * @param out tokens.count × words
   */
  void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out);

  /**
   * Computes softmax(QKᵀ/√d_k + mask)·V for many heads.
   *
   * @param out query rows × width
   */
  void attend(AttentionInputs inputs, Tensor out);

  /**
   * Attends as {@link #attend} does, with the source mask, and keeps softmax(QKᵀ/√d_k) for the step
   * of each row, averaged over the history's heads.
   *
   * @param history that of the slots which the mask names
   * @param out query rows × width
   */
  void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out);

  /**
   * Computes act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂.
   *
   * @param x rows × width
   * @param out rows × width
   */
  void feedForward(Tensor x, FeedForwardWeights weights, Tensor out);

  /** Computes LayerNorm(x); {@code out} may be x. */
  void norm(Tensor x, LayerNorm norm, Tensor out);

  /**
   * Computes x + bias + residual; {@code out} may be x or the residual.
   *
   * @param bias width × 1, F32: that of the product which gave x, where it was left out
   */
  void add(Tensor x, Tensor bias, Tensor residual, Tensor out);

  /**
   * Computes LayerNorm(x + bias + residual); {@code out} may be x or the residual.
   *
   * @param bias as in {@link #add}
   */
  void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out);

  /**
   * Writes the keys and values of a step into the caches of its rows, at each slot's step.
   *
   * @param keys tokens.count × width
   * @param values as the keys
   */
  void appendKeysValues(Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache);

  /**
   * Writes the keys and values of whole source sentences into the caches of their slots.
   *
   * @param keys tokens.count × width
   * @param values as the keys
   */
  void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache);

  /**
   * Makes slots ready for new sentences: step 0, score 0, the start token fed, nothing registered.
   */
  void bind(Binding binding, int startToken);

  /**
   * Takes every slot one step of the search on that {@code tokens} names: log-softmax of the
   * logits, plus the beams' scores, the best 2k candidates, ties by lower index; ended ones are
   * registered, the others become the next rows; steps, ancestors and status follow. Where the
   * rules name a first token it is the only candidate of step 0, with score 0. Where the state has
   * shortlists, other logits are not read, as if they were -infinity.
   *
   * @param logits tokens.count × vocabulary, F32, without their bias
   * @param bias vocabulary × 1, F32; a word of -infinity is never chosen
   */
  void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens);

  /**
   * Takes the memory to search among words.
   *
   * @param words made by {@link #packWords}, or by {@link #packForShortlists} for a state with
   *     shortlists
   * @param bias words × 1, F32; a word of -infinity is never chosen
   * @param state of the slots whose steps are searched
   * @param rows of a step at most
   */
  WordSearch searchAmong(Linear words, Tensor bias, SlotState state, int rows);

  /** Takes the operations of a step and returns what runs them, any number of times. */
  Runnable record(Runnable step);

  /** Returns a fork: a device for another thread, over the same memory and weights. */
  Device fork();

  /**
   * Gives back the memory of this fork, and with the last fork the weights. Does not fail where the
   * device is lost.
   */
  @Override
  void close();
}
