package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cuBLAS that adds up in another order where there are few rows changes no translation. */
class BatchInvarianceTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", "..")).resolve("models/fr-en");
  private static final int INPUTS = 100;
  private static final int OUTPUTS = 70;

  private final Random random = new Random(5);

  @AfterEach
  void oneOrderAgain() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.halveProductsBelow(0);
    }
  }

  @Test
  void theLeastSizeIsTheOneFromWhichOnAllAgree() {
    assertEquals(1, leastRows(4096, rows -> true));
    assertEquals(48, leastRows(4096, rows -> rows > 40));
    assertEquals(128, leastRows(4096, rows -> rows != 120)); // smaller ones do not help
  }

  @Test
  void whereItWouldBeTooManyRowsCublasIsNotUsed() {
    BatchInvariance invariance = BatchInvariance.triedUpTo(4096);
    invariance.tryOut("a", 4096, rows -> rows >= 256);
    invariance.tryOut("b", 4096, rows -> rows > 256);
    invariance.tryOut("c", 1024, rows -> rows >= 128);
    assertTrue(invariance.uses("a"));
    assertFalse(invariance.uses("b"));
    assertFalse(invariance.uses("c"), "parts of 1,024 rows leave parts of 64");
    assertEquals(256, invariance.leastRows());
  }

  private static int leastRows(int most, IntPredicate agrees) {
    BatchInvariance invariance = BatchInvariance.triedUpTo(most);
    assertTrue(invariance.isUnknown("shape"));
    invariance.tryOut("shape", most, agrees);
    assertFalse(invariance.isUnknown("shape"));
    return invariance.leastRows();
  }

  @Test
  void theLargestProductTakesLittleMemory() {
    BatchInvariance invariance = BatchInvariance.triedUpTo(4096);
    assertEquals(4096, invariance.mostRows(58_101 * 4));
    assertEquals(1024, invariance.mostRows(256_204 * 4));
  }

  @Test
  void aProductIsTriedWhenItsWeightsAreLoaded() {
    try (CudaDevice device = open(DataType.F16, BatchInvariance.triedUpTo(128))) {
      EmulatedDriver.halveProductsBelow(8);
      assertEquals(1, device.capacity().leastRows());
      Linear weights = pack(device);
      assertEquals(8, device.capacity().leastRows());
      float[] x = numbers(8 * INPUTS);
      EmulatedDriver.Counters before = EmulatedDriver.counters();
      pack(device); // of a known shape
      assertEquals(0, EmulatedDriver.counters().since(before).kernels() - 1, "one upload");
      assertArrayEquals(product(device, weights, x, 8), product(device, weights, x, 8));
    }
  }

  @Test
  void productsOfManyRowsAreMadeInPartsOfTheSizesThatWereTried() {
    float[] x = numbers(304 * INPUTS);
    try (CudaDevice device = open(DataType.F32, BatchInvariance.triedUpTo(128))) {
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
    try (CudaDevice device = open(DataType.F16, BatchInvariance.triedUpTo(128))) {
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
    BatchInvariance tried = BatchInvariance.triedUpTo(128);
    BatchInvariance trusted = BatchInvariance.ofThisDriver(); // the emulated one
    assertEquals(scores(lines, 3, tried), scores(lines, 1, tried));
    assertNotEquals(scores(lines, 3, trusted), scores(lines, 1, trusted), "there is no danger");
  }

  /**
   * Of the bundled model where products of few rows have another order: a sentence alone has four
   * rows.
   */
  private List<Double> scores(List<String> lines, int slots, BatchInvariance invariance) {
    CudaDevice device = open(DataType.F32, invariance);
    EmulatedDriver.halveProductsBelow(8);
    TranslationOptions options =
        TranslationOptions.defaults().withSlots(slots).withThreads(1).withBeamSize(4);
    try (Translator translator = Translator.load(Models.open(MODEL), device, options)) {
      return translator.translate(lines).stream()
          .map(translation -> (double) translation.hypotheses().get(0).score())
          .toList();
    }
  }

  private static CudaDevice open(DataType precision, BatchInvariance invariance) {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    NativeLibraries.loadCublas();
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(invariance);
    return CudaDevice.open(gpu, precision, InvariantGemm::new);
  }

  private Linear pack(CudaDevice device) {
    Shape shape = new Shape(OUTPUTS, INPUTS);
    return device.pack(HostTensor.of("w", shape, numbers(shape.size())), new float[OUTPUTS]);
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
