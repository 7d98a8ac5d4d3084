package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.model.Models;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cuBLAS that adds up in another order where there are few rows changes no translation. */
class BatchInvarianceTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", "..")).resolve("models/fr-en");
  private static final int INPUTS = 96;
  private static final int OUTPUTS = 72;

  private final Random random = new Random(5);

  @AfterEach
  void oneOrderAgain() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.halveProductsBelow(0);
    }
  }

  @Test
  void theLeastSizeIsTheOneFromWhichOnAllAgree() {
    assertEquals(OptionalInt.of(1), BatchInvariance.leastRows(4096, rows -> true));
    assertEquals(OptionalInt.of(48), BatchInvariance.leastRows(4096, rows -> rows > 40));
    assertEquals(
        OptionalInt.of(128),
        BatchInvariance.leastRows(4096, rows -> rows != 120),
        "smaller ones do not help");
  }

  @Test
  void whereItWouldBeTooManyRowsThereIsNone() {
    assertEquals(OptionalInt.of(256), BatchInvariance.leastRows(4096, rows -> rows >= 256));
    assertEquals(OptionalInt.empty(), BatchInvariance.leastRows(4096, rows -> rows > 256));
    assertEquals(
        OptionalInt.empty(),
        BatchInvariance.leastRows(1024, rows -> rows >= 128),
        "parts of 1,024 rows leave parts of 64");
  }

  @Test
  void theLargestProductTakesLittleMemory() {
    assertEquals(4096, mostRows(58_101));
    assertEquals(1024, mostRows(256_204));
  }

  private static int mostRows(int words) {
    return BatchInvariance.tried()
        .mostRows(new ProductShape(512, words, DataType.F16, DataType.F32));
  }

  @Test
  void aProductIsTriedWhenItsWeightsAreLoaded() {
    try (CudaDevice device =
        open(DataType.F16, ProductChoices.of(BatchInvariance.triedUpTo(128)))) {
      EmulatedDriver.halveProductsBelow(8);
      assertEquals(1, device.capacity().leastRows());
      Linear weights = pack(device);
      assertEquals(8, device.capacity().leastRows());
      float[] x = numbers(8 * INPUTS);
      EmulatedDriver.Counters before = EmulatedDriver.counters();
      pack(device); // of a known shape
      assertEquals(2, EmulatedDriver.counters().since(before).kernels(), "weights and bias");
      assertArrayEquals(product(device, weights, x, 8), product(device, weights, x, 8));
    }
  }

  @Test
  void productsOfManyRowsAreMadeInPartsOfTheSizesThatWereTried() {
    float[] x = numbers(304 * INPUTS);
    try (CudaDevice device =
        open(DataType.F32, ProductChoices.of(BatchInvariance.triedUpTo(128)))) {
      EmulatedDriver.halveProductsBelow(8);
      Linear weights = pack(device);
      EmulatedDriver.halveProductsBelow(200); // a kernel for more rows than were tried
      float[] all = product(device, weights, x, 304);
      float[] first = product(device, weights, x, 128);
      assertArrayEquals(first, Arrays.copyOf(all, first.length));
    }
  }

  @Test
  void ourKernelsMultiplyWhatCublasDoesNotGiveTheSameBits() {
    float[] x = numbers(8 * INPUTS);
    float[] expected;
    random.setSeed(7);
    try (CudaDevice own = CudaDevices.open(DataType.F16, Products.OWN)) {
      expected = product(own, pack(own), x, 8);
    }
    random.setSeed(7);
    try (CudaDevice device =
        open(DataType.F16, ProductChoices.of(BatchInvariance.triedUpTo(128)))) {
      EmulatedDriver.halveProductsBelow(64);
      Linear weights = pack(device);
      assertEquals(1, device.capacity().leastRows());
      assertArrayEquals(expected, product(device, weights, x, 8));
    }
  }

  @Test
  void aTranslationDoesNotDependOnTheSentencesBesideIt() {
    List<String> lines =
        List.of(
            "Un chien court dans la neige.", "Le petit chat dort sur une chaise.", "Il fait beau.");
    ProductChoices tried = ProductChoices.of(BatchInvariance.triedUpTo(128));
    ProductChoices trusted = ProductChoices.of(BatchInvariance.trusted());
    assertEquals(scores(lines, 3, tried), scores(lines, 1, tried));
    assertNotEquals(scores(lines, 3, trusted), scores(lines, 1, trusted), "there is no danger");
  }

  /**
   * Of the bundled model where products of few rows have another order: a sentence alone has four
   * rows.
   */
  private List<Double> scores(List<String> lines, int slots, ProductChoices choices) {
    CudaDevice device = open(DataType.F32, choices);
    EmulatedDriver.halveProductsBelow(8);
    TranslationOptions options =
        TranslationOptions.defaults().withSlots(slots).withThreads(1).withBeamSize(4);
    try (Translator translator = Translator.load(Models.open(MODEL), device, options)) {
      return translator.translate(lines).stream()
          .map(translation -> (double) translation.hypotheses().get(0).score())
          .toList();
    }
  }

  private static CudaDevice open(DataType precision, ProductChoices choices) {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(choices);
    return CudaDevices.open(gpu, precision, Products.CUBLAS);
  }

  private Linear pack(CudaDevice device) {
    Shape shape = new Shape(OUTPUTS, INPUTS);
    return device.packWords(HostTensor.of("w", shape, numbers(shape.size())));
  }

  private static float[] product(CudaDevice device, Linear weights, float[] x, int rows) {
    DataType type = device.capacity().activations();
    Tensor in = device.allocate(type, new Shape(rows, INPUTS));
    Tensor out = device.allocate(DataType.F32, new Shape(rows, OUTPUTS));
    device.upload(Arrays.copyOf(x, rows * INPUTS), in);
    device.linear(in, weights, out);
    float[] result = new float[rows * OUTPUTS];
    device.download(out, result);
    return result;
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
