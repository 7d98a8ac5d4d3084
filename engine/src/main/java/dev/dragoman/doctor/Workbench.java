package dev.dragoman.doctor;

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
import java.util.Random;
import org.apache.commons.math3.linear.RealMatrix;

/** A device with numbers to try it on, the same ones each time. */
final class Workbench {
  /** Below it float16 has fewer bits. */
  private static final float SMALLEST_HALF = 0x1p-14f;

  private static final int SEED = 20260101;

  /** Different numbers; where more are wanted they come again. */
  private static final float[] NUMBERS = draw(100_003);

  private final Device device;
  private final DataType precision;
  private final Random random = new Random(SEED + 1);
  private final float[] numbers;
  private int used;

  /** With products in this precision. */
  Workbench(Device device, DataType precision) {
    this.device = device;
    this.precision = precision;
    // Products in 8 bits round by themselves; what they begin with is stored as all else.
    DataType stored = precision == DataType.I8 ? device.capacity().activations() : precision;
    this.numbers = NUMBERS.clone();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = rounded(numbers[i], stored);
    }
  }

  /** Not uniform, not centred, of different sizes. */
  private static float[] draw(int count) {
    Random random = new Random(SEED);
    float[] drawn = new float[count];
    for (int i = 0; i < count; i++) {
      double number = random.nextGaussian() * Math.exp(random.nextGaussian() * 0.5) + 0.05;
      drawn[i] = (float) number * 0.3f;
    }
    return drawn;
  }

  Device device() {
    return device;
  }

  Random random() {
    return random;
  }

  /** The next numbers. */
  float[] numbers(int count) {
    float[] next = new float[count];
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, numbers.length - used);
      System.arraycopy(numbers, used, next, done, part);
      used = (used + part) % numbers.length;
      done += part;
    }
    return next;
  }

  /** To a type, so that the reference starts from the same numbers. */
  private static float rounded(float number, DataType type) {
    int bits = Float.floatToIntBits(number);
    return switch (type) {
      case BF16 -> Float.intBitsToFloat(bits & 0xffff_0000);
      case F16 -> Math.abs(number) < SMALLEST_HALF ? 0 : Float.intBitsToFloat(bits & 0xffff_e000);
      default -> number;
    };
  }

  /** For intermediate results. */
  Tensor allocate(int rows, int columns) {
    return device.allocate(device.capacity().activations(), new Shape(rows, columns));
  }

  /** For what is float32 everywhere. */
  Tensor allocateFloats(int rows, int columns) {
    return device.allocate(DataType.F32, new Shape(rows, columns));
  }

  Tensor upload(float[] from, int rows, int columns) {
    Tensor tensor = allocate(rows, columns);
    device.upload(from, tensor);
    return tensor;
  }

  Tensor uploadFloats(float[] from, int rows, int columns) {
    Tensor tensor = allocateFloats(rows, columns);
    device.upload(from, tensor);
    return tensor;
  }

  Tensor upload(int... from) {
    Tensor tensor = device.allocate(DataType.I32, Shape.vector(from.length));
    device.upload(from, tensor);
    return tensor;
  }

  Linear pack(float[] weight, float[] bias) {
    Shape shape = new Shape(bias.length, weight.length / bias.length);
    return device.pack(HostTensor.of("weights", shape, weight), bias);
  }

  Linear packWords(float[] weight, int words) {
    Shape shape = new Shape(words, weight.length / words);
    return device.packWords(HostTensor.of("words", shape, weight));
  }

  /** For the logits of rows: as far apart as the search has them. */
  Tensor allocateLogits(int rows, int words) {
    return allocateFloats(rows, LogitsSearch.stride(words)).columns(0, words);
  }

  LayerNorm norm(float[] gain, float[] bias, float epsilon) {
    return new LayerNorm(
        uploadFloats(gain, gain.length, 1), uploadFloats(bias, bias.length, 1), epsilon);
  }

  EmbeddingTable embedding(float[] tokens, float[] positions, int width, float scale) {
    return new EmbeddingTable(
        upload(tokens, tokens.length / width, width),
        upload(positions, positions.length / width, width),
        scale);
  }

  /** Sentences of {@code length} tokens end to end; the last may be shorter. */
  TokenRows.Packed sentences(int count, int length) {
    int sentences = (count + length - 1) / length;
    int[] offsets = new int[sentences + 1];
    for (int i = 0; i <= sentences; i++) {
      offsets[i] = Math.min(count, i * length);
    }
    return new TokenRows.Packed(upload(new int[count]), upload(new int[count]), upload(offsets));
  }

  /** Slots with room for {@code positions} tokens of each hypothesis. */
  SlotState slots(Sizes.Batch batch, int positions) {
    SearchRules rules = new SearchRules(batch.beam(), batch.beam(), 0, 1, positions, 0);
    return SlotState.allocate(device, batch.slots(), batch.slots() * batch.source(), rules);
  }

  float[] download(Tensor tensor) {
    float[] to = new float[tensor.shape().size()];
    device.download(tensor, to);
    return to;
  }

  int[] downloadIntegers(Tensor tensor) {
    int[] to = new int[tensor.shape().size()];
    device.download(tensor, to);
    return to;
  }

  /** How far a tensor is from its reference, where each number is a sum of {@code reduction}. */
  Deviation deviation(RealMatrix reference, Tensor actual, int reduction) {
    return deviation(reference, download(actual), reduction);
  }

  /** The same of numbers that have been downloaded. */
  Deviation deviation(RealMatrix reference, float[] actual, int reduction) {
    return Tolerance.of(precision).deviation(reference, actual, reduction);
  }
}
