// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.formats.Models;
import dev.dragoman.operations.Catalogue;
import dev.dragoman.operations.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How the doctor goes about it: what it opens, in which order, and what it tells when. */
class DoctorTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");

  private static final List<String> NAMES =
      Catalogue.operations().stream().map(Operation::name).toList();

  @Test
  void aDeviceIsOpenedOnceForAllOfAPrecision() throws IOException {
    List<GoldenRecord> all = GoldenRecord.beside(MODEL);
    List<GoldenRecord> twoSettings = List.of(all.get(0), all.get(50));
    Doctor.Patient patient = new Doctor.Patient(Models.open(MODEL), twoSettings, Optional.empty());
    Fake fake = new Fake(device -> device);
    DeviceReport report = new Doctor(Optional.of(patient), Effort.QUICK, List.of()).examine(fake);
    assertTrue(report.agrees(), report.toString());
    assertEquals(2, report.runs().get(0).model().orElseThrow().compared());
    assertEquals(1, fake.opened);
    assertEquals(1, fake.closed);
  }

  /** Each of the three operations fails when it is timed and when it is compared. */
  @Test
  void afterAFailureTheDeviceIsOpenedAgain() {
    Fake fake =
        new Fake(
            device ->
                new Fork(device) {
                  @Override
                  public void add(Tensor x, Tensor bias, Tensor residual, Tensor out) {
                    throw new IllegalStateException("the sum is lost");
                  }
                });
    DeviceReport.Run run = examine(fake, new Events()).runs().get(0);
    assertEquals(
        List.of("snapshot, allocateShared, peek", "record", "add"),
        run.operations().stream()
            .filter(operation -> !operation.deviation().agrees())
            .map(OperationResult::operation)
            .toList());
    assertEquals(1 + 2 * 3, fake.opened);
    assertEquals(fake.opened, fake.closed);
    assertEquals(Optional.empty(), run.failure());
  }

  @Test
  void whatIsKnownIsToldBeforeTheNextOperationBegins() {
    Events events = new Events();
    Fake fake =
        new Fake(
            device ->
                new Fork(device) {
                  @Override
                  public Tensor allocateShared(DataType type, Shape shape) {
                    throw new LinkageError("the driver is gone");
                  }
                });
    assertThrows(LinkageError.class, () -> examine(fake, events));
    assertEquals(
        List.of("device fake", "run cpu (float32)", "[]", NAMES.get(0), NAMES.get(1)), events.told);
    assertEquals(fake.opened, fake.closed);
  }

  @Test
  void whereTheHostComputesAllIsTimedBeforeAnyIsCompared() {
    Events events = new Events();
    Fake fake =
        new Fake(
            device -> {
              events.told.add("fork");
              return device;
            });
    fake.stepsAhead = 0;
    examine(fake, events);
    assertEquals(
        NAMES.size() + 1, // and the first has been compared
        events.told.subList(0, events.told.indexOf(NAMES.get(0))).stream()
            .filter("fork"::equals)
            .count());
  }

  @Test
  void factsAreToldAtFirstAndWhenTheyAreNewOrOther() {
    List<Fact> facts = new ArrayList<>();
    Fake fake =
        new Fake(
            device ->
                new Fork(device) {
                  @Override
                  public Linear packWords(HostTensor weight) {
                    facts.set(1, new Fact("batches", "agree"));
                    return super.packWords(weight);
                  }
                });
    fake.ofDevice = facts;
    facts.add(new Fact("products", "own"));
    facts.add(new Fact("batches", "not tried"));
    Events events = new Events();
    DeviceReport.Run run = examine(fake, events).runs().get(0);
    assertEquals(
        List.of(new Fact("products", "own"), new Fact("batches", "not tried")).toString(),
        events.told.get(2));
    assertEquals(
        List.of(new Fact("batches", "agree")).toString(),
        events.told.get(events.told.indexOf(NAMES.get(NAMES.size() - 1)) + 1));
    assertEquals(List.of(new Fact("products", "own"), new Fact("batches", "agree")), run.facts());
    assertEquals("run ended", events.told.get(events.told.size() - 2));
    assertEquals("device ended", events.told.get(events.told.size() - 1));
  }

  @Test
  void aDeviceThatCannotBeOpenedIsAResult() {
    Events events = new Events();
    Fake fake = new Fake(device -> device);
    fake.problem = Optional.of("others use it");
    DeviceReport.Run run = examine(fake, events).runs().get(0);
    assertEquals(Optional.of("others use it"), run.failure());
    assertEquals(
        List.of("device fake", "run fake", "[]", "run ended", "device ended"), events.told);
  }

  @Test
  void aQuickOneTakesSomeOfEachSetting() throws IOException {
    List<GoldenRecord> all = GoldenRecord.beside(MODEL);
    assertEquals(all, Effort.FULL.some(all));
    List<GoldenRecord> some = Effort.QUICK.some(all);
    assertEquals(5 * 6, some.size());
    assertEquals(all.subList(0, 6), some.subList(0, 6));
    assertEquals(
        all.stream().map(GoldenRecord::options).distinct().toList(),
        some.stream().map(GoldenRecord::options).distinct().toList());
    assertEquals(Effort.LEAST, Effort.QUICK.on(new Fake(device -> device)));
  }

  private static DeviceReport examine(Fake fake, Events events) {
    return new Doctor(Optional.empty(), Effort.QUICK, List.of(events)).examine(fake);
  }

  /** Notes what it is told. */
  private static final class Events implements DoctorObserver {
    private final List<String> told = new ArrayList<>();

    @Override
    public void begins(String what) {}

    @Override
    public void deviceBegins(FoundDevice device) {
      told.add("device " + device.name());
    }

    @Override
    public void runBegins(FoundDevice device, DeviceReport.Run run) {
      told.add("run " + run.name());
      told.add(run.facts().toString());
    }

    @Override
    public void operationDone(DeviceReport.Run run, OperationResult result) {
      told.add(result.operation());
    }

    @Override
    public void factsFound(List<Fact> facts) {
      told.add(facts.toString());
    }

    @Override
    public void runEnded(DeviceReport.Run run, DeviceReport soFar) {
      told.add("run ended");
    }

    @Override
    public void deviceEnded(DeviceReport report) {
      told.add("device ended");
    }
  }

  /** A fork that a test breaks. */
  private abstract static class Fork extends WatchedDevice {
    Fork(Device device) {
      super(device);
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("operations do not fork");
    }
  }

  /** The processor in place of a GPU, said to be emulated, which saves time. */
  private static final class Fake implements FoundDevice {
    private final UnaryOperator<Device> forks;
    private List<Fact> ofDevice = List.of();
    private Optional<String> problem = Optional.empty();
    private int stepsAhead = 1;
    private int opened;
    private int closed;

    /** Makes a device with something done to each fork. */
    Fake(UnaryOperator<Device> forks) {
      this.forks = forks;
    }

    @Override
    public Device open(DataType precision) {
      problem.ifPresent(
          why -> {
            throw new DeviceUnavailableException(why);
          });
      opened++;
      return new WatchedDevice(Devices.open("cpu", Optional.of(precision))) {
        @Override
        public List<Fact> facts() {
          return List.copyOf(ofDevice);
        }

        @Override
        public DeviceCapacity capacity() {
          return new DeviceCapacity(1, 256, 1, stepsAhead, DataType.F32);
        }

        @Override
        public Device fork() {
          return forks.apply(device.fork());
        }

        @Override
        public void close() {
          closed++;
          super.close();
        }
      };
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public List<Fact> facts() {
      return List.of();
    }

    @Override
    public List<DataType> precisions() {
      return List.of(DataType.F32);
    }

    @Override
    public boolean isEmulated() {
      return true;
    }

    @Override
    public Optional<Limits> limits(DataType precision) {
      return Optional.empty();
    }
  }
}
