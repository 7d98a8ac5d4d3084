// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.Mutations;
import dev.dragoman.model.TorchBytes;
import dev.dragoman.model.ZipHeaders;
import dev.dragoman.model.tensors.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what PyTorch wrote, and refuses what it would not write. */
class PyTorchFileTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"tensors.bin", "legacy.bin", "protocol4.bin"})
  void readsEveryKindOfTensor(String name) {
    TensorFile file = PyTorchFile.open(TorchBytes.FIXTURES.resolve(name));
    check(file, "matrix", new Shape(2, 3), 0, 1, 2, 3, 4, 5);
    check(file, "transposed", new Shape(3, 2), 0, 3, 1, 4, 2, 5);
    check(file, "row", new Shape(1, 3), 3, 4, 5);
    check(file, "column", new Shape(2, 1), 1, 4);
    check(file, "tied", new Shape(2, 3), 0, 1, 2, 3, 4, 5);
    check(file, "vector", Shape.vector(2), 1.5f, -2);
    check(file, "bfloat", new Shape(1, 2), 0.5f, 3);
    check(file, "parameter", Shape.vector(1), 7);
    check(file, "empty", new Shape(0, 3));
    assertEquals(DataType.F16, file.find("vector").orElseThrow().type());
    assertEquals(DataType.BF16, file.find("bfloat").orElseThrow().type());
    assertTrue(file.find("nothing").isEmpty());
    assertEquals(11, file.names().size());
    assertTrue(refusal(() -> file.find("cube")).contains("tensor cube has sizes [1, 2, 3]"));
    assertTrue(refusal(() -> file.find("integers")).contains("tensor integers holds integers"));
  }

  private static void check(TensorFile file, String name, Shape shape, float... numbers) {
    HostTensor tensor = file.find(name).orElseThrow();
    assertEquals(shape, tensor.shape(), name);
    assertArrayEquals(numbers, tensor.floats(), name);
  }

  @Test
  void whatLiesRowByRowIsNotCopied() {
    TensorFile file = PyTorchFile.open(TorchBytes.FIXTURES.resolve("tensors.bin"));
    assertTrue(file.find("row").orElseThrow().data().isDirect());
    assertFalse(file.find("transposed").orElseThrow().data().isDirect());
  }

  /** PyTorch's own pickle of an object that runs a command when it is loaded. */
  @Test
  void callsAreRefusedByNameAndNotMade() {
    String message = refusal(() -> PyTorchFile.open(TorchBytes.FIXTURES.resolve("call.bin")));
    assertTrue(message.contains("call.bin"), message);
    assertTrue(message.contains("asks for posix.system"), message);
    assertFalse(Files.exists(Path.of("dragoman-was-here")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"calls", "bombs", "tensors", "containers"})
  void isRefused(String name, byte[] bytes, String place) throws IOException {
    Path path = Files.write(directory.resolve("pytorch_model.bin"), bytes);
    String message =
        refusal(
            () -> {
              TensorFile file = PyTorchFile.open(path);
              file.names().forEach(file::find);
            });
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains(path.toString()), message);
    assertTrue(message.contains(place), message);
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        pickle("GLOBAL", "cos\nsystem\n(X\4\0\0\0truetR.", "os.system"),
        pickle("STACK_GLOBAL", "\u0080\4\u008c\2os\u008c\6system\u0093\u008c\4true\u0085R.", "os."),
        pickle("INST", "(X\4\0\0\0trueios\nsystem\n.", "os.system"),
        pickle("OBJ", "(cos\nsystem\nX\4\0\0\0trueo.", "os.system"),
        pickle("NEWOBJ", "\u0080\2cbuiltins\nexec\n)\u0081.", "builtins.exec"),
        pickle("EXT1", "\u0080\2\u0082\1.", "0x82"),
        pickle("library's own classes", "cdecimal\nDecimal\n(U\0011tR.", "decimal.Decimal"),
        pickle("BUILD", "\u0080\2)}b.", "not a dictionary"),
        pickle("numpy", "cnumpy.core.multiarray\n_reconstruct\n)R.", "numpy.core"),
        pickle("a storage called", "ctorch\nFloatStorage\n)R.", "storage is called"),
        pickle("getattr", "cbuiltins\ngetattr\n.", "builtins.getattr"),
        pickle("PERSID", "Pstorage\n.", "0x50"),
        pickle("half a name", "ccollections\n", "refused"));
  }

  static Stream<Arguments> bombs() {
    String list = "]q\0" + "](h\0h\0eq\0".repeat(60);
    return Stream.of(
        pickle("text of 2 GB", "X\377\377\377\177.", "2147483647"),
        pickle("text of -1", "X\377\377\377\377.", "4294967295"),
        pickle("bytes of 2 GB", "B\377\377\377\177.", "0x42"),
        pickle("key that takes for ever to hash", "}" + list + "Ns.", "not names"),
        pickle("endless operations", "N".repeat(2_000_000) + ".", "more than"),
        pickle("no end", "}", "refused"),
        pickle("nothing", "", "refused"),
        pickle("empty stack", "0.", "0x30"),
        pickle("no stack", "u.", "refused"),
        pickle("no dictionary", "N.", "no dictionary"),
        pickle("twice", TorchBytes.dictionary("X\1\0\0\0aK\1X\1\0\0\0aK\2"), "a is there twice"));
  }

  static Stream<Arguments> tensors() {
    String eight = "K\b";
    String huge = TorchBytes.number(Long.MAX_VALUE);
    String minus = TorchBytes.number(-1);
    return Stream.of(
        tensor("beyond the storage", eight, "K\0", "K\3K\3", "K\3K\1", "does not lie"),
        tensor("offset beyond", eight, "K\1", "K\2K\4", "K\4K\1", "does not lie"),
        tensor("offset overflows", eight, huge, "K\2K\4", "K\4K\1", "overflow"),
        tensor("negative offset", eight, minus, "K\2K\4", "K\4K\1", "negative"),
        tensor("negative size", eight, "K\0", minus + "K\4", "K\4K\1", "negative"),
        tensor("negative stride", eight, "K\0", "K\2K\4", minus + "K\1", "negative"),
        tensor("size overflows", eight, "K\0", huge + huge, "K\0K\0", "overflow"),
        tensor("much of little", eight, "K\0", "J\377\377\377\177K\1", "K\0K\0", "does not lie"),
        tensor("axes differ", eight, "K\0", "K\2K\4", "K\1", "strides [1]"),
        tensor("storage too large", "M\377\377", "K\0", "K\2K\4", "K\4K\1", "truncated"),
        tensor("storage overflows", huge, "K\0", "K\2K\4", "K\4K\1", "elements"),
        tensor("negative storage", minus, "K\0", "K\0K\0", "K\1K\1", "elements"),
        tensor("size of text", eight, "K\0", "U\0011K\4", "K\4K\1", "no number"));
  }

  static Stream<Arguments> containers() {
    String good = TorchBytes.tensor("K\b", "K\0", "K\2K\4", "K\4K\1");
    byte[] numbers = new byte[32];
    byte[] whole = TorchBytes.file(good);
    return Stream.of(
        Arguments.of("no storage", new TorchBytes().pickle(good).bytes(), "storage 0 is missing"),
        Arguments.of("no pickle", new TorchBytes().stored("m/data/0", numbers).bytes(), "data.pkl"),
        Arguments.of(
            "compressed",
            new TorchBytes().pickle(good).compressed("m/data/0", numbers).bytes(),
            "entry m/data/0 is compressed"),
        Arguments.of(
            "zip bomb",
            new TorchBytes().compressed("m/data.pkl", new byte[1 << 22]).bytes(),
            "compressed"),
        Arguments.of(
            "big-endian",
            new TorchBytes().pickle(good).stored("m/byteorder", new byte[] {'b'}).bytes(),
            "little-endian"),
        Arguments.of(
            "long pickle",
            new TorchBytes().stored("m/data.pkl", new byte[(1 << 24) + 1]).bytes(),
            "too many"),
        Arguments.of(
            "overlap",
            ZipHeaders.overlapping(
                new TorchBytes()
                    .pickle(good)
                    .stored("m/data/0", new byte[9999])
                    .stored("m/data/1", numbers)
                    .bytes(),
                "m/data/1",
                "m/data/0"),
            "m/data/1 overlaps others"),
        Arguments.of("truncated", Arrays.copyOf(whole, whole.length - 30), "zip"),
        Arguments.of("not PyTorch's", "{\"a\":1}".getBytes(StandardCharsets.UTF_8), "pickle"),
        Arguments.of("a byte", new byte[1], "pickle"));
  }

  @Test
  void tensorsOfHandMadePicklesAreRead() throws IOException {
    byte[] bytes = TorchBytes.file(TorchBytes.tensor("K\b", "K\0", "K\2K\4", "K\4K\1"));
    TensorFile file = PyTorchFile.open(Files.write(directory.resolve("good"), bytes));
    check(file, "t", new Shape(2, 4), new float[8]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors.bin", "legacy.bin", "protocol4.bin", "tiny.bin"})
  void damagedFilesAreRefusedOrHarmless(String name) throws IOException {
    damage(name, 250);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"tensors.bin", "legacy.bin", "protocol4.bin", "tiny.bin"})
  void damagedFilesAreRefusedOrHarmlessForLong(String name) throws IOException {
    damage(name, 10_000);
  }

  /** Damages a file and makes its checksums right, as it would be refused for them alone. */
  private void damage(String name, int rounds) throws IOException {
    byte[] good = Files.readAllBytes(TorchBytes.FIXTURES.resolve(name));
    Mutations mutations = new Mutations(17);
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      Path path = Files.write(directory.resolve("damaged"), ZipHeaders.mended(mutations.of(good)));
      try {
        TensorFile file = PyTorchFile.open(path);
        for (String tensor : file.names()) {
          file.find(tensor).ifPresent(HostTensor::floats);
        }
      } catch (ModelFormatException e) {
        refused++;
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
      }
    }
    assertTrue(refused > rounds / 20, "only " + refused + " of " + rounds + " were refused");
  }

  private static Arguments pickle(String name, String operations, String place) {
    return Arguments.of("pickle: " + name, TorchBytes.file(operations), place);
  }

  private static Arguments tensor(
      String name, String count, String offset, String sizes, String strides, String place) {
    return Arguments.of(
        "tensor: " + name,
        TorchBytes.file(TorchBytes.tensor(count, offset, sizes, strides)),
        place);
  }

  private static String refusal(Executable reading) {
    return assertThrows(ModelFormatException.class, reading).getMessage();
  }
}
