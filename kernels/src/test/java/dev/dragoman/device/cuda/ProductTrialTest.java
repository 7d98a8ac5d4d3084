// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Counters;
import dev.dragoman.device.cuda.EmulatedDriver.LtAlgorithm;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of what multiplies, with libraries that offer different algorithms. */
class ProductTrialTest {
  private static final int INPUTS = 96;
  private static final int OUTPUTS = 72;
  private static final int MOST = 128;

  /** The kernels that a trial takes at least: every size of a batch is multiplied and compared. */
  private static final int TRIAL = 50;

  private final Random random = new Random(5);

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @AfterEach
  void behaveAsUsual() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.behaveAsUsual();
    }
  }

  @Test
  void anAlgorithmThatAddsUpByTheNumberOfRowsIsPassedOver() {
    EmulatedDriver.orderLtAlgorithms(LtAlgorithm.STREAM_K);
    float[] x = numbers(MOST * INPUTS);
    try (CudaDevice trusting = open(ProductChoices.of(BatchInvariance.trusted()))) {
      assertFalse(isTheSameInEveryBatch(trusting, x), "there is no danger");
    }
    try (CudaDevice tried = open(tried())) {
      assertTrue(isTheSameInEveryBatch(tried, x));
      assertEquals("cublasLt, with one algorithm for all batches", verdict(tried));
      assertEquals(1, tried.capacity().leastRows());
    }
  }

  @Test
  void anAlgorithmThatSplitsItsSumsIsNotTaken() {
    float[] x = numbers(MOST * INPUTS);
    float[][] results = new float[2][];
    LtAlgorithm[] first = {LtAlgorithm.PLAIN, LtAlgorithm.SPLIT_K};
    for (int i = 0; i < first.length; i++) {
      EmulatedDriver.orderLtAlgorithms(first[i]);
      random.setSeed(7);
      try (CudaDevice device = open(ProductChoices.of(BatchInvariance.trusted()))) {
        results[i] = product(device, pack(device), x, MOST);
      }
    }
    assertArrayEquals(results[0], results[1]);
  }

  @Test
  void whereCublasLtHasNoAlgorithmCublasIsTried() {
    EmulatedDriver.ltReturnsNone(true);
    EmulatedDriver.halveProductsBelow(8);
    try (CudaDevice device = open(tried())) {
      pack(device);
      assertEquals(
          "cuBLAS, in batches of at least 8 rows, as smaller ones have other bits",
          verdict(device));
      assertEquals(8, device.capacity().leastRows());
    }
  }

  @Test
  void whereCublasLtCannotBeStartedCublasIsUsed() {
    EmulatedDriver.failLtCreate(true);
    try (CudaDevice device = open(tried())) {
      assertTrue(device.name().contains("cuBLAS 12.6"), device.name());
      pack(device);
      assertEquals("cuBLAS", verdict(device));
    }
  }

  @Test
  void aProductIsTriedWhenItsWeightsAreLoaded() {
    try (CudaDevice device = openCublas(DataType.F16)) {
      EmulatedDriver.halveProductsBelow(8);
      assertEquals(1, device.capacity().leastRows());
      Linear weights = pack(device);
      assertEquals(8, device.capacity().leastRows());
      float[] x = numbers(8 * INPUTS);
      Counters before = EmulatedDriver.counters();
      pack(device); // of a known shape
      assertEquals(2, EmulatedDriver.counters().since(before).kernels().run(), "weights and bias");
      assertArrayEquals(product(device, weights, x, 8), product(device, weights, x, 8));
    }
  }

  @Test
  void productsOfManyRowsAreMadeInPartsOfTheSizesThatWereTried() {
    float[] x = numbers(304 * INPUTS);
    try (CudaDevice device = openCublas(DataType.F32)) {
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
    try (CudaDevice device = openCublas(DataType.F16)) {
      EmulatedDriver.halveProductsBelow(64);
      Linear weights = pack(device);
      assertEquals(1, device.capacity().leastRows());
      assertArrayEquals(expected, product(device, weights, x, 8));
    }
  }

  /** cuBLAS takes other kernels for rows that are not aligned, which no model has. */
  @Test
  void rowsAreTriedAsTranslationsHaveThem() {
    EmulatedDriver.halveUnalignedProducts(MOST);
    try (CudaDevice device = openCublas(DataType.F16)) {
      Shape shape = new Shape(OUTPUTS + 1, INPUTS); // as 58,101 words, which are padded
      device.packWords(HostTensor.of("w", shape, numbers(shape.size())));
      assertEquals("cuBLAS", device.product().facts().get(0).value());
    }
  }

  @Test
  void whatIsNotAlignedIsMultipliedByOurKernels() {
    Shape shape = new Shape(OUTPUTS, INPUTS + 1);
    float[] w = numbers(shape.size());
    float[] x = numbers(5 * (INPUTS + 1));
    float[][] results = new float[2][];
    for (Products products : new Products[] {Products.LT, Products.OWN}) {
      try (CudaDevice device = CudaDevices.open(gpu(tried()), DataType.F16, products)) {
        Linear weights = device.packWords(HostTensor.of("w", shape, w));
        results[products == Products.LT ? 0 : 1] = product(device, weights, x, 5);
      }
    }
    assertArrayEquals(results[1], results[0]);
  }

  @Test
  void theVerdictIsRememberedForTheCard(@TempDir Path folder) throws IOException {
    CardNotes notes = new CardNotes("card", folder.resolve("products.txt"));
    assertTrue(kernelsOfPacking(notes) > TRIAL);
    assertEquals(1, Files.readAllLines(notes.file()).size());
    assertEquals(2, kernelsOfPacking(notes), "weights and bias");

    String ofAnotherVersion =
        Files.readString(notes.file()).replaceFirst(" [0-9a-f]{8}", " 00000000");
    Files.writeString(notes.file(), ofAnotherVersion);
    assertTrue(kernelsOfPacking(notes) > TRIAL, "an algorithm that is none is not believed");
    assertNotEquals(ofAnotherVersion, Files.readString(notes.file()));
  }

  private long kernelsOfPacking(CardNotes notes) {
    BatchInvariance invariance = BatchInvariance.triedUpTo(MOST);
    try (CudaDevice device = open(ProductChoices.remembered(invariance, notes))) {
      Counters before = EmulatedDriver.counters();
      pack(device);
      return EmulatedDriver.counters().since(before).kernels().run();
    }
  }

  @Test
  void biasAndActivationAreAddedInTheProductsLaunch() {
    assertEquals(2, kernelsOfFeedForward(Activation.RELU));
    assertEquals(2, kernelsOfFeedForward(Activation.GELU_TANH));
    assertEquals(3, kernelsOfFeedForward(Activation.SWISH), "cublasLt has none");
  }

  private long kernelsOfFeedForward(Activation activation) {
    try (CudaDevice device = open(tried())) {
      float[] bias = numbers(OUTPUTS);
      Linear first =
          device.pack(
              HostTensor.of("w", new Shape(OUTPUTS, INPUTS), numbers(OUTPUTS * INPUTS)), bias);
      Linear second =
          device.pack(
              HostTensor.of("w", new Shape(INPUTS, OUTPUTS), numbers(OUTPUTS * INPUTS)),
              new float[INPUTS]);
      Tensor x = device.allocate(DataType.F16, new Shape(5, INPUTS));
      device.synchronize();
      Counters before = EmulatedDriver.counters();
      device.feedForward(x, new FeedForwardWeights(first, activation, second), x);
      device.synchronize();
      return EmulatedDriver.counters().since(before).kernels().run();
    }
  }

  @Test
  void aStepLoadsItsProductsBeforeItIsRecorded() {
    EmulatedDriver.loadLazily(true);
    assertEquals(1, graphLaunches());
  }

  @Test
  void aProductThatFailsInARecordingIsLaunchedByItself() {
    EmulatedDriver.plantProductErrorInCapture(1);
    assertEquals(0, graphLaunches());
  }

  /**
   * Returns the launches of graphs in the second run of a step with a product, whose result is
   * right.
   */
  private long graphLaunches() {
    try (CudaDevice device = open(tried())) {
      Linear weights = pack(device);
      float[] x = numbers(5 * INPUTS);
      float[] expected = product(device, weights, x, 5);
      Tensor in = device.allocate(DataType.F16, new Shape(5, INPUTS));
      Tensor out = device.allocate(DataType.F32, new Shape(5, OUTPUTS));
      device.upload(x, in);
      Runnable step = device.record(() -> device.linear(in, weights, out));
      step.run();
      Counters before = EmulatedDriver.counters();
      step.run();
      float[] actual = new float[expected.length];
      device.download(out, actual);
      assertArrayEquals(expected, actual);
      return EmulatedDriver.counters().since(before).kernels().graphLaunches();
    }
  }

  private static ProductChoices tried() {
    return ProductChoices.of(BatchInvariance.triedUpTo(MOST));
  }

  private static Gpu gpu(ProductChoices choices) {
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(choices);
    return gpu;
  }

  private static CudaDevice open(ProductChoices choices) {
    return CudaDevices.open(gpu(choices), DataType.F16, Products.LT);
  }

  /** Opens a device on a machine without cublasLt. */
  private static CudaDevice openCublas(DataType precision) {
    return CudaDevices.open(gpu(tried()), precision, Products.CUBLAS);
  }

  private static String verdict(CudaDevice device) {
    return device.product().facts().get(0).value();
  }

  private boolean isTheSameInEveryBatch(CudaDevice device, float[] x) {
    Linear weights = pack(device);
    float[] all = product(device, weights, x, MOST);
    float[] few = product(device, weights, x, 4);
    return Arrays.equals(few, Arrays.copyOf(all, few.length));
  }

  private Linear pack(CudaDevice device) {
    Shape shape = new Shape(OUTPUTS, INPUTS);
    return device.packWords(HostTensor.of("w", shape, numbers(shape.size())));
  }

  private static float[] product(CudaDevice device, Linear weights, float[] x, int rows) {
    DataType type = device.capacity().activations();
    Tensor in = device.allocate(type, new Shape(rows, weights.inputs()));
    Tensor out = device.allocate(DataType.F32, new Shape(rows, OUTPUTS));
    device.upload(Arrays.copyOf(x, rows * weights.inputs()), in);
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
