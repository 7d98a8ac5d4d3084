// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.TestConsole;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor has shown and written when it comes to a device that ends the process. */
class DoctorProgressTest {
  private static final List<DataType> BOTH = List.of(DataType.F16, DataType.F32);

  private final TestConsole streams = new TestConsole();
  private final List<String> seen = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void whatIsKnownIsShownBeforeTheNextOperationBegins() {
    assertEquals(1, run(DataType.F16));
    String shown = seen.get(0);
    assertTrue(shown.startsWith("program "), shown);
    assertTrue(shown.contains("\nlooking for cuda\n  cuBLAS               libfake.so\n"), shown);
    assertTrue(shown.contains("\ndevice cuda:0\n  GPU                  a fake\n"), shown);
    assertTrue(shown.contains("\nfake (float16)\n  limits "), shown);
    assertTrue(shown.contains("\n  products             of nobody\n"), shown);
    assertEquals(2, rows(shown), shown);
    assertTrue(shown.endsWith("\n") && !shown.contains("well"), shown);
    assertTrue(err().contains("dragoman: internal error: "), err());
    assertTrue(err().contains("the driver is gone"), err());
  }

  @Test
  void aRunThatIsOverIsInTheJsonEvenIfTheNextOneEndsTheProcess() throws IOException {
    assertEquals(1, run(DataType.F32, "--json", json().toString()));
    String shown = seen.get(0);
    assertTrue(shown.indexOf("fake (float16)") < shown.indexOf("fake (float32)"), shown);
    JsonNode report = new ObjectMapper().readTree(json().toFile());
    assertFalse(report.get("agrees").asBoolean());
    assertEquals("the doctor has not come to the end", report.get("failure").asText());
    assertEquals("libfake.so", report.get("kinds").get("cuda").get("cuBLAS").asText());
    JsonNode runs = report.get("devices").get(0).get("runs");
    assertEquals(List.of("f16"), runs.findValuesAsText("precision"));
    assertTrue(runs.get(0).get("agrees").asBoolean(), runs.toString());
    assertEquals(rows(shown) - 2, runs.get(0).get("operations").size());
    assertEquals("of nobody", runs.get(0).get("facts").get("products").asText());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(json()), files.toList());
    }
  }

  @Test
  void beforeTheFirstRunIsOverTheJsonHasWhatWasFound() throws IOException {
    assertEquals(1, run(DataType.F16, "--json", json().toString()));
    JsonNode report = new ObjectMapper().readTree(json().toFile());
    assertEquals("the doctor has not come to the end", report.get("failure").asText());
    assertEquals("libfake.so", report.get("kinds").get("cuda").get("cuBLAS").asText());
    assertTrue(report.get("devices").isEmpty());
  }

  @Test
  void onlyTheAskedForPrecisionsAreExaminedInTheOrderOfTheDevice() throws IOException {
    assertEquals(0, run(DataType.BF16, "--precision", "float32,auto", "--json", json().toString()));
    assertTrue(out().endsWith("\nall is well\n"), out());
    assertEquals(List.of("f16", "f32"), precisions());
    assertEquals(0, run(DataType.F16, "--precision", "float32", "--json", json().toString()));
    assertEquals(List.of("f32"), precisions());
    JsonNode report = new ObjectMapper().readTree(json().toFile());
    assertTrue(report.get("agrees").asBoolean(), report.toString());
    assertFalse(report.has("failure"), report.toString());
  }

  @Test
  void aQuickOneGoesThroughAllOperations() {
    assertEquals(0, run(DataType.BF16, "--quick", "--precision", "float16"));
    assertTrue(rows(out()) > 15, out());
    assertTrue(out().endsWith("\nall is well\n"), out());
  }

  @Test
  void aPrecisionThatNoDeviceHasIsOneLine() {
    assertEquals(1, run(DataType.F16, "--precision", "float32,int8", "--quiet"));
    assertEquals(
        "dragoman: --precision: there is no int8 here: cuda:0 has float16, float32\n", err());
    assertEquals(0, rows(out()), out());
    assertEquals(2, run(DataType.F16, "--precision", "float31"));
    assertTrue(err().contains("dragoman: Invalid value for option '--precision'"), err());
  }

  private List<String> precisions() throws IOException {
    JsonNode report = new ObjectMapper().readTree(json().toFile());
    return report.get("devices").get(0).get("runs").findValuesAsText("precision");
  }

  private static long rows(String text) {
    return text.lines().filter(line -> line.matches("  \\S.* agrees +[\\d.,]+ .*")).count();
  }

  private Path json() {
    return folder.resolve("doctor.json");
  }

  private String out() {
    return streams.out();
  }

  private String err() {
    return streams.err();
  }

  /** Runs on a GPU whose third operation ends the process in one precision. */
  private int run(DataType broken, String... options) {
    List<String> all = new ArrayList<>(List.of("doctor", "--device", "cuda"));
    all.addAll(List.of(options));
    return CommandLineRun.before(
        streams, new OneGpu(new FakeGpu(broken)), all.toArray(String[]::new));
  }

  /** A machine with this device alone. */
  private record OneGpu(FoundDevice gpu) implements Backend {
    @Override
    public Map<String, Inspection> inspect() {
      return Map.of("cuda", Inspection.of(List.of(new Fact("cuBLAS", "libfake.so")), List.of(gpu)));
    }

    @Override
    public Translator load(Path model, Languages languages, TranslationOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Model open(Path model) {
      throw new UnsupportedOperationException();
    }
  }

  /** The processor in float32, said to be an emulated GPU, which saves time. */
  private final class FakeGpu implements FoundDevice {
    private final DataType broken;

    FakeGpu(DataType broken) {
      this.broken = broken;
    }

    @Override
    public Device open(DataType precision) {
      return new Line(Devices.open("cpu", Optional.of(DataType.F32)), precision);
    }

    @Override
    public String name() {
      return "cuda:0";
    }

    @Override
    public List<Fact> facts() {
      return List.of(new Fact("GPU", "a fake"));
    }

    @Override
    public List<DataType> precisions() {
      return BOTH;
    }

    @Override
    public boolean isEmulated() {
      return true;
    }

    @Override
    public Optional<Limits> limits(DataType precision) {
      return Optional.empty();
    }

    /** A fork of the device. */
    private final class Line extends WatchedDevice {
      private final DataType precision;

      Line(Device device, DataType precision) {
        super(device);
        this.precision = precision;
      }

      @Override
      public String name() {
        return "fake (" + precision.label() + ")";
      }

      @Override
      public List<Fact> facts() {
        return List.of(new Fact("products", "of nobody"));
      }

      /** Acts as a GPU's, which computes beside the host. */
      @Override
      public DeviceCapacity capacity() {
        return new DeviceCapacity(1, 256, 1, 1, DataType.F32);
      }

      @Override
      public Tensor allocateShared(DataType type, Shape shape) {
        if (precision == broken) {
          seen.add(out());
          throw new LinkageError("the driver is gone");
        }
        return super.allocateShared(type, shape);
      }

      @Override
      public Device fork() {
        return new Line(device.fork(), precision);
      }
    }
  }
}
