// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.LogitsSearch;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;

/** A device, and numbers to try it on: the same ones each time. */
public final class Workbench {
  /** The smallest number that has all bits of float16. */
  private static final float SMALLEST_HALF = 0x1p-14f;

  private static final int SEED = 20260101;

  /** The numbers, all different; where more are wanted they come again. */
  private static final float[] NUMBERS = draw(100_003);

  private final Device device;
  private final DataType precision;
  private final Random random = new Random(SEED + 1);
  private final DataType stored;
  private int used;

  /** Brings numbers to a device whose products have this precision. */
  public Workbench(Device device, DataType precision) {
    this.device = device;
    this.precision = precision;
    // Products in 8 bits round by themselves; what they begin with is stored as all else.
    this.stored = precision == DataType.I8 ? device.capacity().activations() : precision;
  }

  /** Draws numbers that are not uniform, not centred, and of different sizes. */
  private static float[] draw(int count) {
    Random random = new Random(SEED);
    float[] drawn = new float[count];
    for (int i = 0; i < count; i++) {
      double number = random.nextGaussian() * Math.exp(random.nextGaussian() * 0.5) + 0.05;
      drawn[i] = (float) number * 0.3f;
    }
    return drawn;
  }

  /** Returns the device. */
  public Device device() {
    return device;
  }

  /** Returns what draws integers. */
  public Random random() {
    return random;
  }

  /** Returns the next numbers, which the precision of the products can hold. */
  public float[] numbers(int count) {
    float[] next = new float[count];
    for (int i = 0; i < count; i++) {
      next[i] = rounded(NUMBERS[used], stored);
      used = (used + 1) % NUMBERS.length;
    }
    return next;
  }

  /** Rounds to a type, so that the reference starts from the same numbers. */
  private static float rounded(float number, DataType type) {
    int bits = Float.floatToIntBits(number);
    return switch (type) {
      case BF16 -> Float.intBitsToFloat(bits & 0xffff_0000);
      case F16 -> Math.abs(number) < SMALLEST_HALF ? 0 : Float.intBitsToFloat(bits & 0xffff_e000);
      default -> number;
    };
  }

  /** Allocates a tensor for intermediate results, in the type that the device stores them in. */
  public Tensor allocate(int rows, int columns) {
    return device.allocate(device.capacity().activations(), new Shape(rows, columns));
  }

  /** Allocates a tensor for what is float32 on every device. */
  public Tensor allocateFloats(int rows, int columns) {
    return device.allocate(DataType.F32, new Shape(rows, columns));
  }

  /** Uploads intermediate results. */
  public Tensor upload(float[] from, int rows, int columns) {
    Tensor tensor = allocate(rows, columns);
    device.upload(from, tensor);
    return tensor;
  }

  /** Uploads what is float32 on every device. */
  public Tensor uploadFloats(float[] from, int rows, int columns) {
    Tensor tensor = allocateFloats(rows, columns);
    device.upload(from, tensor);
    return tensor;
  }

  /** Uploads a vector of integers. */
  public Tensor upload(int... from) {
    Tensor tensor = device.allocate(DataType.I32, Shape.vector(from.length));
    device.upload(from, tensor);
    return tensor;
  }

  /** Packs {@code bias.length} rows of weights. */
  public Linear pack(float[] weight, float[] bias) {
    return device.pack(weights(weight, bias.length), bias);
  }

  /** Returns {@code rows} rows of weights, to be packed. */
  public static HostTensor weights(float[] weight, int rows) {
    return HostTensor.of("weights", new Shape(rows, weight.length / rows), weight);
  }

  /** Allocates the logits of rows, as far apart as {@link LogitsSearch} has them. */
  public Tensor allocateLogits(int rows, int words) {
    return allocateFloats(rows, LogitsSearch.stride(words)).columns(0, words);
  }

  /** Uploads the weights of a norm. */
  public LayerNorm norm(float[] gain, float[] bias, float epsilon) {
    return new LayerNorm(
        uploadFloats(gain, gain.length, 1), uploadFloats(bias, bias.length, 1), epsilon);
  }

  /** Uploads the embeddings of tokens and positions, row by row. */
  public EmbeddingTable embedding(float[] tokens, float[] positions, int width, float scale) {
    return new EmbeddingTable(
        upload(tokens, tokens.length / width, width),
        upload(positions, positions.length / width, width),
        scale);
  }

  /** Uploads sentences of {@code length} tokens end to end; the last may be shorter. */
  public TokenRows.Packed sentences(int count, int length) {
    int sentences = (count + length - 1) / length;
    int[] offsets = new int[sentences + 1];
    for (int i = 0; i <= sentences; i++) {
      offsets[i] = Math.min(count, i * length);
    }
    return new TokenRows.Packed(upload(new int[count]), upload(new int[count]), upload(offsets));
  }

  /** Allocates slots for these rows and {@code sourceCapacity} source positions; 0 ends. */
  SlotState slots(Beams beams, int sourceCapacity) {
    SearchRules rules = new SearchRules(beams.size(), beams.size(), 0, 1, beams.positions(), 0);
    return SlotState.allocate(device, beams.slots(), sourceCapacity, rules);
  }

  /** Uploads which rows of a state are fed. */
  public TokenRows.Decoding decoding(SlotState state, int... rows) {
    return new TokenRows.Decoding(upload(rows), state);
  }

  /**
   * Returns what binds a sentence of {@code length} tokens to every slot; its source lies where
   * those of the slots before it end.
   */
  public Binding bindAll(SlotState state, int length) {
    int slots = state.slots();
    int[] starts = IntStream.range(0, slots).map(slot -> slot * length).toArray();
    return new Binding(
        sentences(slots * length, length),
        upload(Reference.range(0, slots)),
        upload(starts),
        state);
  }

  static int[] integers(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Downloads the numbers of a tensor, row by row. */
  public float[] download(Tensor tensor) {
    float[] to = new float[tensor.shape().size()];
    device.download(tensor, to);
    return to;
  }

  /** Downloads the integers of a tensor, row by row. */
  public int[] downloadIntegers(Tensor tensor) {
    int[] to = new int[tensor.shape().size()];
    device.download(tensor, to);
    return to;
  }

  /**
   * Returns how far a tensor is from its reference, if each number is a sum of {@code reduction}.
   */
  public Deviation deviation(RealMatrix reference, Tensor actual, int reduction) {
    return deviation(reference, download(actual), reduction);
  }

  /** Returns the same of numbers that have been downloaded. */
  public Deviation deviation(RealMatrix reference, float[] actual, int reduction) {
    return Tolerance.of(precision).deviation(reference, actual, reduction);
  }
}
