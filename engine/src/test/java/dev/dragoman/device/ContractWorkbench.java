package dev.dragoman.device;

import dev.dragoman.doctor.Reference;
import dev.dragoman.doctor.Tolerance;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A device under test, numbers for it, and the ways there and back. */
abstract class ContractWorkbench {
  final Random random = new Random(20260101);
  Device device;
  Tolerance tolerance;

  /** Opens the device that is tested. */
  protected abstract Device open();

  /** The precision of its products. */
  protected abstract DataType precision();

  /** How it stores intermediate results. */
  protected DataType storage() {
    return DataType.F32;
  }

  @BeforeEach
  void openDevice() {
    device = open();
    tolerance = Tolerance.of(precision());
  }

  @AfterEach
  void closeDevice() {
    if (device != null) { // a machine without such a device skips the test while it is opened
      device.close();
    }
  }

  /** Sorted lists of up to so many words and 2, the end, and 3. */
  List<int[]> lists(int slots, int vocabulary, int most) {
    return IntStream.range(0, slots)
        .mapToObj(slot -> random.ints(most, 0, vocabulary))
        .map(words -> IntStream.concat(words, IntStream.of(2, 3)).distinct().sorted().toArray())
        .toList();
  }

  void list(SlotState state, List<int[]> lists) {
    SlotShortlists to = state.shortlists().orElseThrow();
    for (int slot = 0; slot < lists.size(); slot++) {
      device.upload(lists.get(slot), to.words().rows(slot, 1));
    }
    device.upload(lists.stream().mapToInt(list -> list.length).toArray(), to.counts());
  }

  void bindAll(SlotState state) {
    int slots = state.slots();
    int[] offsets = Reference.range(0, slots + 1);
    Binding binding =
        new Binding(
            new TokenRows.Packed(upload(new int[slots]), upload(new int[slots]), upload(offsets)),
            upload(Reference.range(0, slots)),
            upload(Reference.range(0, slots)),
            state);
    device.bind(binding, 1);
  }

  SlotState state(int slots, int beam, int maxLength) {
    return SlotState.allocate(device, slots, 64, new SearchRules(beam, beam, 0, 1, maxLength, 0));
  }

  /** Not uniform, not centred, of different sizes. */
  float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      double number = random.nextGaussian() * Math.exp(random.nextGaussian() * 0.5) + 0.05;
      numbers[i] = round((float) number * 0.3f);
    }
    return numbers;
  }

  /** To the precision of the products, so that the reference starts from the same numbers. */
  float round(float number) {
    int bits = Float.floatToIntBits(number);
    return switch (precision()) {
      case BF16 -> Float.intBitsToFloat(bits & 0xffff_0000);
      case F16 -> Float.intBitsToFloat(bits & 0xffff_e000);
      default -> number;
    };
  }

  Linear pack(float[] weight, float[] bias, int inputs) {
    return device.pack(HostTensor.of("test", new Shape(bias.length, inputs), weight), bias);
  }

  Tensor allocate(int rows, int columns) {
    return device.allocate(storage(), new Shape(rows, columns));
  }

  Tensor upload(float[] numbers, int rows, int columns) {
    Tensor tensor = allocate(rows, columns);
    device.upload(numbers, tensor);
    return tensor;
  }

  Tensor uploadF32(float[] numbers, int rows, int columns) {
    Tensor tensor = device.allocate(DataType.F32, new Shape(rows, columns));
    device.upload(numbers, tensor);
    return tensor;
  }

  Tensor noBias(int words) {
    return uploadF32(new float[words], words, 1);
  }

  Tensor upload(int[] numbers) {
    Tensor tensor = device.allocate(DataType.I32, Shape.vector(numbers.length));
    device.upload(numbers, tensor);
    return tensor;
  }

  float[] download(Tensor tensor) {
    float[] numbers = new float[tensor.shape().size()];
    device.download(tensor, numbers);
    return numbers;
  }

  int[] downloadInts(Tensor tensor) {
    int[] numbers = new int[tensor.shape().size()];
    device.download(tensor, numbers);
    return numbers;
  }
}
