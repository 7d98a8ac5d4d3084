// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.device.DataType;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Counters;
import dev.dragoman.device.cuda.EmulatedDriver.KernelCounts;
import dev.dragoman.device.cuda.EmulatedDriver.MemoryCounts;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.transformer.Session;
import dev.dragoman.transformer.Transformer;
import dev.dragoman.transformer.Transformer.OutputVocabulary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls of the driver that a decoder step makes; a step that needs more of them fails here. */
class CudaStepTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @ParameterizedTest
  @CsvSource({
    "F32,0,0",
    "F32,64,0",
    "F16,0,0",
    "F16,64,0",
    "F32,0,8001",
    "F16,64,8001",
    "I8,0,0",
    "I8,64,0"
  })
  void aDecoderStepIsOneGraphLaunchAndTheUploadOfItsRows(
      DataType precision, int attendedTokens, int shortlistWords) {
    Model model = Models.open(MODEL);
    SearchRules rules = new SearchRules(4, 4, 0, 1, 64, model.config().tokens().end());
    try (CudaDevice device = CudaDevices.open(precision, Products.LT)) {
      OutputVocabulary vocabulary =
          shortlistWords == 0 ? OutputVocabulary.ALL_WORDS : OutputVocabulary.SHORTLIST;
      Transformer transformer =
          Transformer.load(model.config(), model.weights(), device, vocabulary);
      Session.Size size = new Session.Size(1, 64, 64, attendedTokens, shortlistWords);
      Session session = transformer.open(device.fork(), size, rules);
      int[] source = {5, 6, 7, model.config().tokens().end()};
      int[] words = {0, 1, 5, 9, 70, 700, 7000};
      session.begin(List.of(new Session.Placed(source, words, 0, 0)));
      session.step(new int[] {0, 0, 0, 0}, 1);
      int[] rows = {0, 1, 2, 3};
      session.step(rows, 4); // loads
      session.step(rows, 4); // records
      session.device().synchronize();
      Counters before = EmulatedDriver.counters();
      session.step(rows, 4);
      Counters asked = EmulatedDriver.counters().since(before);
      assertEquals(
          new Counters(new KernelCounts(0, 0, 1), 1, 0, new MemoryCounts(0, 0), 0),
          asked,
          "nothing has run yet");
      session.device().synchronize();
      long kernels = EmulatedDriver.counters().since(before).kernels().run();
      int layers = model.config().sizes().decoder().layers();
      // A layer has 4 products, append, 2 attentions, 3 norms, and 2 more products with bias and
      // activation between. The step adds embedding, logits, 2 kernels for the search, and 3 where
      // attention is kept. In int8, products of few rows quantize them and add the bias, and the
      // logits are two kernels.
      int keeping = attendedTokens == 0 ? 0 : 3;
      long expected = precision == DataType.I8 ? 12L * layers + 5 : 13L * layers + 4;
      assertEquals(expected + keeping, kernels, "kernels in a step");
      session.device().close();
    }
  }

  @Test
  void aStepIsSeenWhileTheNextOneWaits() {
    Model model = Models.open(MODEL);
    SearchRules rules = new SearchRules(1, 1, 0, 1, 64, model.config().tokens().end());
    try (CudaDevice device = CudaDevices.open(DataType.F32, Products.LT)) {
      Transformer transformer = Transformer.load(model.config(), model.weights(), device);
      Session session = transformer.open(device.fork(), new Session.Size(1, 64, 64), rules);
      int[] source = {5, 6, 7, model.config().tokens().end()};
      session.begin(List.of(new Session.Placed(source, 0, 0)));
      session.step(new int[] {0}, 1); // loads
      session.step(new int[] {0}, 1); // records
      Snapshot steps = session.device().snapshot(session.state().progress().steps());
      session.device().synchronize();
      Counters before = EmulatedDriver.counters();
      session.step(new int[] {0}, 1);
      steps.take();
      session.step(new int[] {0}, 1);
      assertEquals(3, steps.await()[0]);
      long ofOne = EmulatedDriver.counters().since(before).kernels().run();
      session.device().synchronize();
      assertEquals(2 * ofOne, EmulatedDriver.counters().since(before).kernels().run());
      session.device().close();
    }
  }

  @Test
  void aRecordedStepReadsWhatIsInMemoryWhenItRuns() {
    try (CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN)) {
      Tensor x = device.allocate(DataType.F32, new Shape(3, 5));
      Tensor sum = device.allocate(DataType.F32, new Shape(3, 5));
      Tensor nothing = device.allocate(DataType.F32, Shape.vector(5));
      Runnable step = device.record(() -> device.add(sum, nothing, x, sum));
      float[] numbers = new float[15];
      for (int round = 1; round <= 3; round++) {
        Arrays.fill(numbers, round);
        device.upload(numbers, x);
        step.run();
      }
      device.download(sum, numbers);
      assertEquals(1 + 2 + 3, numbers[14]);
    }
  }

  @Test
  void aStepThatCopiesOrWaitsCannotBeRecorded() {
    try (CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN)) {
      Tensor x = device.allocate(DataType.F32, new Shape(1, 1));
      assertThrows(
          IllegalStateException.class,
          () -> device.record(() -> device.upload(new float[] {1}, x)).run());
      assertThrows(IllegalStateException.class, () -> device.record(device::synchronize).run());
      device.add(x, x, x, x); // the device goes on
      device.synchronize();
    }
  }
}
