// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The weights of some outputs of a product in oneDNN's layout. Immutable. */
final class PackedSlice implements AutoCloseable {
  private final Place place;
  private final dnnl_memory_desc layout;
  private final AlignedMemory memory;
  private final BytePointer weights;
  private final AlignedMemory perOutput;
  private final FloatPointer added;
  private final FloatPointer scales;
  private final float[] biases;

  /** The outputs of a product that a slice has, and their inputs. */
  record Place(int first, int outputs, int inputs) {}

  /**
   * The numbers that belong to each output.
   *
   * @param scales what the kernel multiplies sums of integers by
   * @param added what it adds then
   * @param biases what is left to be added by whoever reads the result
   */
  record PerOutput(float[] scales, float[] added, float[] biases) {}

  /**
   * Takes what {@link Packing} has made.
   *
   * @param memory the weights in that layout
   */
  PackedSlice(Place place, dnnl_memory_desc layout, AlignedMemory memory, PerOutput numbers) {
    this.place = place;
    this.layout = layout;
    this.memory = memory;
    this.weights = memory.bytes();
    this.perOutput = AlignedMemory.words(2L * place.outputs);
    this.added = perOutput.floats().put(numbers.added);
    this.scales = added.getPointer(place.outputs).put(numbers.scales);
    this.biases = numbers.biases;
  }

  /** Returns where its outputs begin among those of the product. */
  int first() {
    return place.first;
  }

  int inputs() {
    return place.inputs;
  }

  int outputs() {
    return place.outputs;
  }

  dnnl_memory_desc layout() {
    return layout;
  }

  /** Returns the numbers in that layout. */
  BytePointer weights() {
    return weights;
  }

  /** Returns what the kernel adds, in float32, to each output. */
  FloatPointer added() {
    return added;
  }

  /** Returns what the kernel multiplies sums of integers by before, in float32. */
  FloatPointer scales() {
    return scales;
  }

  /** Returns what is added to each output of integers once it has the scale of its row. */
  float[] biases() {
    return biases;
  }

  long bytes() {
    return memory.size() + perOutput.size();
  }

  @Override
  public void close() {
    memory.close();
    perOutput.close();
  }
}
