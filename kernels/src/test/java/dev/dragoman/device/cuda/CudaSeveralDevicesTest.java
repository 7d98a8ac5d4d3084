// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.Precision;
import dev.dragoman.TestModels;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.device.cuda.EmulatedDriver.Counted;
import dev.dragoman.device.cuda.EmulatedDriver.Counters;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.model.Model;
import dev.dragoman.pipeline.TooLittleMemoryException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two GPUs as one translator, one of them lost on the way, and one with too little memory. */
@Timeout(Hang.SECONDS)
class CudaSeveralDevicesTest {
  private static final Model MODEL = TestModels.letters();
  private static final TranslationOptions OPTIONS =
      TestModels.options().withWorkers(2).withSlots(2).withPrecision(Precision.FLOAT32);
  private static final List<String> LINES = TestModels.words(24);

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    EmulatedDriver.pretend(2, 13000, 1L << 30);
  }

  @AfterEach
  void restore() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.forgetError();
      EmulatedDriver.pretendNothing();
    }
  }

  @Test
  void twoDevicesGiveWhatOneGivesAndBothWork() {
    List<Translation> expected = expected();
    List<Counters> before = List.of(EmulatedDriver.counters(0), EmulatedDriver.counters(1));
    List<Device> devices = gated(() -> kernelsOf(1) > 0);
    try (Translator translator = Translator.load(MODEL, devices, OPTIONS)) {
      List<Counters> loaded = List.of(EmulatedDriver.counters(0), EmulatedDriver.counters(1));
      Counters here = loaded.get(0).since(before.get(0));
      Counters there = loaded.get(1).since(before.get(1));
      assertEquals(here.memory().allocations(), there.memory().allocations());
      assertEquals(here.memory().bytes(), there.memory().bytes());
      baseline = loaded.get(1);
      assertEquals(expected, translator.translate(LINES));
      for (int device = 0; device < 2; device++) {
        Counters done = EmulatedDriver.counters(device).since(loaded.get(device));
        assertTrue(done.kernels().graphLaunches() > 0, "device " + device + " did nothing");
        assertEquals(0, done.memory().allocations());
        assertEquals(0, done.memory().bytes());
      }
      String description = translator.description();
      assertTrue(description.contains("cuda:0 (") && description.contains("cuda:1 ("), description);
    }
    assertEverythingGivenBack();
  }

  @ParameterizedTest
  @CsvSource({"KERNEL, 1, 700", "KERNEL, 150, 719", "SYNCHRONIZATION, 5, 214", "KERNEL, 40, 999"})
  void aDeviceThatIsLostLeavesItsSentencesToTheOther(Counted what, long n, int error) {
    List<Translation> expected = expected();
    List<Device> devices =
        gated(() -> what.of(EmulatedDriver.counters(1)) >= what.of(baseline) + n);
    try (Translator translator = Translator.load(MODEL, devices, OPTIONS)) {
      baseline = EmulatedDriver.counters(1);
      EmulatedDriver.plantError(1, what, n, error);
      assertEquals(expected, translator.translate(LINES));
      assertEquals(expected, translator.translate(LINES), "with one device");
    }
    assertEverythingGivenBack();
    try (Device again = Devices.open("cuda:1", Optional.of(DataType.F32))) {
      again.synchronize();
    }
  }

  @Test
  void whenAllAreLostTheJobEndsWithTheirReasons() {
    List<Device> devices = Devices.openAll("cuda:0,1", Optional.of(DataType.F32));
    try (Translator translator = Translator.load(MODEL, devices, OPTIONS)) {
      EmulatedDriver.plantError(0, Counted.KERNEL, 600, 700);
      EmulatedDriver.plantError(1, Counted.KERNEL, 600, 719);
      NoDeviceLeftException end =
          assertThrows(
              NoDeviceLeftException.class,
              () -> {
                for (int round = 0; round < 100; round++) {
                  translator.translate(LINES);
                }
              });
      assertTrue(end.getMessage().contains("cuda:0 (emulated GPU"), end.getMessage());
      assertTrue(end.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), end.getMessage());
      assertTrue(end.getMessage().contains("cuda:1 (emulated GPU"), end.getMessage());
      assertTrue(end.getMessage().contains("CUDA_ERROR_LAUNCH_FAILED"), end.getMessage());
    }
    assertEverythingGivenBack();
  }

  @Test
  void tooLittleMemorySaysWhichSlotsAndBeamWouldFit() {
    // Three forks take 96 MiB each for themselves; 2.5 MiB are for weights and slots.
    EmulatedDriver.pretend(1, 13000, (3 * 96L << 20) + (5L << 19));
    String message = refused(OPTIONS.withSlots(100));
    assertTrue(message.startsWith("2 workers with 100 slots of beam 4 and 12 tokens"), message);
    assertTrue(message.contains("of 2 MiB that are free 1 may be taken"), message);
    assertTrue(message.matches(".*: 2 workers with \\d+ slots? of beam 4 .* would fit"), message);
    int slots = Integer.parseInt(message.replaceAll(".* with (\\d+) slots? .*", "$1"));
    try (Translator fits = Translator.load(MODEL, OPTIONS.withDevice("cuda").withSlots(slots))) {
      assertFalse(fits.translate("abc").text().isEmpty());
    }
    EmulatedDriver.pretend(1, 13000, 96L << 20);
    assertTrue(refused(OPTIONS).startsWith("the model's weights do not fit"), refused(OPTIONS));
    assertEverythingGivenBack();
  }

  private static String refused(TranslationOptions options) {
    return assertThrows(
            TooLittleMemoryException.class,
            () -> Translator.load(MODEL, options.withDevice("cuda")))
        .getMessage();
  }

  private Counters baseline = Counters.NONE;

  private long kernelsOf(int device) {
    return EmulatedDriver.counters(device).since(baseline).kernels().run();
  }

  /** Returns what one device gives. */
  private static List<Translation> expected() {
    try (Translator translator = Translator.load(MODEL, OPTIONS.withDevice("cuda"))) {
      return translator.translate(LINES);
    }
  }

  private static void assertEverythingGivenBack() {
    assertEquals(0, EmulatedDriver.counters(0).memory().bytes(), "cuda:0");
    assertEquals(0, EmulatedDriver.counters(1).memory().bytes(), "cuda:1");
  }

  /**
   * Returns both devices; the first one's results wait until something has happened on the second.
   */
  private static List<Device> gated(BooleanSupplier happened) {
    List<Device> devices = Devices.openAll("cuda:0,1", Optional.of(DataType.F32));
    return List.of(new Gate(devices.get(0), happened), devices.get(1));
  }

  private static final class Gate extends WatchedDevice {
    private final BooleanSupplier open;

    Gate(Device device, BooleanSupplier open) {
      super(device);
      this.open = open;
    }

    @Override
    public void download(Tensor from, int[] to) {
      while (!open.getAsBoolean()) {
        LockSupport.parkNanos(200_000);
      }
      device.download(from, to);
    }

    @Override
    public Runnable record(Runnable step) {
      return device.record(step);
    }

    @Override
    public Device fork() {
      return new Gate(device.fork(), open);
    }
  }
}
