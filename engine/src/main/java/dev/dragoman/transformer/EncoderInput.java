// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.BatchSizes;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.List;

/**
 * Brings packed batches onto the device: the tokens of several sentences end to end, without
 * padding.
 */
final class EncoderInput {
  private final Device device;
  private final BatchSizes batches;
  private final Tensor ids;
  private final Tensor positions;
  private final Tensor offsets;
  private final Tensor slots;
  private final Tensor starts;

  EncoderInput(Device device, BatchSizes batches, Session.Size size) {
    this.device = device;
    this.batches = batches;
    int most = batches.filled(size.encoderTokens());
    this.ids = device.allocate(DataType.I32, Shape.vector(most));
    this.positions = device.allocate(DataType.I32, Shape.vector(most));
    this.offsets = device.allocate(DataType.I32, Shape.vector(size.slots() + 1));
    this.slots = device.allocate(DataType.I32, Shape.vector(size.slots()));
    this.starts = device.allocate(DataType.I32, Shape.vector(size.slots()));
  }

  Binding pack(List<Session.Placed> sentences, SlotState state) {
    int count = sentences.size();
    int tokens = sentences.stream().mapToInt(sentence -> sentence.source().length).sum();
    int filled = batches.filled(tokens); // the rows after the last sentence belong to none
    int[] idArray = new int[filled];
    int[] positionArray = new int[filled];
    int[] offsetArray = new int[count + 1];
    int next = 0;
    for (int i = 0; i < count; i++) {
      int[] source = sentences.get(i).source();
      for (int position = 0; position < source.length; position++) {
        idArray[next] = source[position];
        positionArray[next++] = position;
      }
      offsetArray[i + 1] = next;
    }
    device.upload(idArray, ids);
    device.upload(positionArray, positions);
    device.upload(offsetArray, offsets);
    device.upload(sentences.stream().mapToInt(Session.Placed::slot).toArray(), slots);
    device.upload(sentences.stream().mapToInt(Session.Placed::start).toArray(), starts);
    return new Binding(
        new TokenRows.Packed(ids.rows(filled), positions.rows(filled), offsets.rows(count + 1)),
        slots.rows(count),
        starts.rows(count),
        state);
  }
}
