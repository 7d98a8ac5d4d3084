// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.TestModels;
import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.search.Search;
import org.junit.jupiter.api.Test;

class SizingTest {
  private static final long PLENTY = 1L << 40;

  private final ModelConfig model = TestModels.letters().config();
  private final EngineOptions defaults = EngineOptions.defaults();

  @Test
  void takesWhatTheDeviceSuggests() {
    Sizing sizing = sizing(defaults, workers(3), PLENTY);
    assertEquals(3, sizing.workers());
    assertEquals(16, sizing.session().slots());
    assertEquals(64, sizing(beam(1), PLENTY).session().slots());
    assertEquals(1, sizing(beam(64), PLENTY).session().slots());
  }

  @Test
  void takesWhatWasAskedFor() {
    Sizing sizing = sizing(defaults.withSlots(7).withWorkers(2), PLENTY);
    assertEquals(2, sizing.workers());
    assertEquals(7, sizing.session().slots());
  }

  @Test
  void everySessionTakesTheLongestSource() {
    ModelConfig model = TestModels.letters().config();
    for (int slots : new int[] {1, 2, 100}) {
      Sizing sizing = sizing(defaults.withSlots(slots), PLENTY);
      assertTrue(sizing.session().sourceTokens() >= model.sizes().maxPositions());
      assertTrue(sizing.session().encoderTokens() >= model.sizes().maxPositions());
    }
  }

  @Test
  void shortlistsAreCounted() {
    SearchRules rules = rules(defaults);
    EngineOptions shortlisting = defaults.withShortlist(ShortlistSource.OF_MODEL);
    long plain = Sizing.bytes(Sizing.size(5, defaults, model), model, rules, DataType.F32);
    long shortlisted =
        Sizing.bytes(Sizing.size(5, shortlisting, model), model, rules, DataType.F32);
    assertEquals(5L * model.sizes().targetVocabulary() * Integer.BYTES, shortlisted - plain);
  }

  @Test
  void slotsShrinkUntilTheyFit() {
    SearchRules rules = rules(defaults);
    long five = Sizing.bytes(Sizing.size(5, defaults, model), model, rules, DataType.F32);
    long free = (long) Math.ceil(five / 0.6) + 8;
    assertEquals(5, sizing(defaults, free).session().slots());
    assertEquals(5, sizing(defaults, workers(2), 2 * free).session().slots());
    assertTrue(sizing(defaults, free - free / 10).session().slots() < 5);
  }

  @Test
  void halfPrecisionLeavesRoomForMoreSlots() {
    long five = Sizing.bytes(Sizing.size(5, defaults, model), model, rules(defaults), DataType.F32);
    long free = (long) Math.ceil(five / 0.6) + 8;
    DeviceCapacity half = new DeviceCapacity(1, 64, 1, 0, DataType.F16);
    assertTrue(sizing(defaults, half, free).session().slots() > 5);
  }

  @Test
  void tooLittleMemoryIsRefusedInOneLine() {
    String message = refusal(defaults, 1000);
    assertTrue(message.startsWith("1 worker with 1 slot of beam 4"), message);
    assertTrue(message.contains("0 MiB that are free"), message);
    assertTrue(message.contains("not even 1 worker with 1 slot of beam 1 would fit"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void askedForSlotsNeverShrink() {
    long five = Sizing.bytes(Sizing.size(5, defaults, model), model, rules(defaults), DataType.F32);
    String message = refusal(defaults.withSlots(16), five * 2);
    assertTrue(message.startsWith("1 worker with 16 slots of beam 4"), message);
  }

  @Test
  void theRefusalSaysWhichSlotsAndBeamWouldFit() {
    long five = Sizing.bytes(Sizing.size(5, defaults, model), model, rules(defaults), DataType.F32);
    long free = (long) Math.ceil(five / 0.6) + 8;
    String fewer = "with 5 slots of beam 4 and 24 tokens would fit";
    assertTrue(refusal(defaults.withSlots(16), free).endsWith("1 worker " + fewer));
    assertTrue(
        refusal(defaults.withSlots(16), workers(2), 2 * free).endsWith("2 workers " + fewer));

    long beamTwo =
        Sizing.bytes(Sizing.size(1, defaults, model), model, rules(beam(2)), DataType.F32);
    long little = (long) Math.ceil(beamTwo / 0.6) + 8;
    String message = refusal(defaults, little);
    assertTrue(message.endsWith("1 worker with 1 slot of beam 2 and 24 tokens would fit"), message);
    String alone = refusal(beam(2), workers(3), little);
    assertTrue(alone.endsWith("1 worker with 1 slot of beam 2 and 24 tokens would fit"), alone);
  }

  private String refusal(EngineOptions options, long freeBytes) {
    return refusal(options, workers(1), freeBytes);
  }

  private String refusal(EngineOptions options, DeviceCapacity device, long freeBytes) {
    return assertThrows(TooLittleMemoryException.class, () -> sizing(options, device, freeBytes))
        .getMessage();
  }

  private Sizing sizing(EngineOptions options, long freeBytes) {
    return sizing(options, workers(1), freeBytes);
  }

  private Sizing sizing(EngineOptions options, DeviceCapacity device, long freeBytes) {
    return Sizing.of(options, model, rules(options), device, freeBytes);
  }

  private EngineOptions beam(int size) {
    return defaults.withSearch(defaults.search().withBeamSize(size));
  }

  private SearchRules rules(EngineOptions options) {
    return Search.of(options.search(), model).rules();
  }

  private static DeviceCapacity workers(int count) {
    return new DeviceCapacity(count, 64);
  }
}
