// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.function.Consumer;

/**
 * Brings every operation that computes to one method: for devices that watch, time or leave out
 * what others compute. The projection to the words with its search is no single call; see {@link
 * #searchAmong}.
 */
public abstract class InterceptingDevice implements Device {

  /**
   * Performs an operation.
   *
   * @param operation the name of its method in {@link Device}
   * @param call makes the same call of another device
   */
  protected abstract void perform(String operation, Consumer<Device> call);

  @Override
  public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
    perform("embed", device -> device.embed(tokens, table, out));
  }

  @Override
  public void linear(Tensor x, Linear weights, Tensor out) {
    perform("linear", device -> device.linear(x, weights, out));
  }

  @Override
  public void linearToShortlists(Tensor x, Linear words, TokenRows.Decoding tokens, Tensor out) {
    perform("linearToShortlists", device -> device.linearToShortlists(x, words, tokens, out));
  }

  @Override
  public void attend(AttentionInputs inputs, Tensor out) {
    perform("attend", device -> device.attend(inputs, out));
  }

  @Override
  public void attendAndKeep(AttentionInputs inputs, AttentionHistory history, Tensor out) {
    perform("attendAndKeep", device -> device.attendAndKeep(inputs, history, out));
  }

  @Override
  public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
    perform("feedForward", device -> device.feedForward(x, weights, out));
  }

  @Override
  public void norm(Tensor x, LayerNorm norm, Tensor out) {
    perform("norm", device -> device.norm(x, norm, out));
  }

  @Override
  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
    perform("add", device -> device.add(x, bias, residual, out));
  }

  @Override
  public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
    perform("addNorm", device -> device.addNorm(x, bias, residual, norm, out));
  }

  @Override
  public void appendKeysValues(
      Tensor keys, Tensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    perform("appendKeysValues", device -> device.appendKeysValues(keys, values, tokens, cache));
  }

  @Override
  public void bindKeysValues(Tensor keys, Tensor values, Binding binding, KeyValueCache cache) {
    perform("bindKeysValues", device -> device.bindKeysValues(keys, values, binding, cache));
  }

  @Override
  public void bind(Binding binding, int startToken) {
    perform("bind", device -> device.bind(binding, startToken));
  }

  @Override
  public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
    perform("advance", device -> device.advance(logits, bias, tokens));
  }
}
