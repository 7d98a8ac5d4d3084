// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.cuda.launch.Add;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Layout;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.Residual;
import dev.dragoman.device.cuda.launch.Steps;
import dev.dragoman.device.cuda.launch.X;
import dev.dragoman.device.cuda.launch.XBias;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The values that pass the door to the kernels, and those that do not. */
@Timeout(Hang.SECONDS)
class DoorTest {
  private static final Path CUDA = Path.of("src/main/cuda");

  @Test
  void twoSwappedPointersDoNotCompile(@TempDir Path folder) {
    assertEquals("", errors("new DecodingRows(new Rows(a), new Steps(b), 4, 64)", folder));
    String errors = errors("new DecodingRows(new Steps(b), new Rows(a), 4, 64)", folder);
    assertTrue(errors.contains("Steps cannot be converted to Rows"), errors);
  }

  @Test
  void argumentsOfAnotherKernelDoNotCompile(@TempDir Path folder) {
    String right = "Kernels.attend_past.of((Attend<PastMask>) null)";
    assertEquals("", errors(right, folder));
    String errors = errors(right.replace("PastMask", "SourceMask"), folder);
    assertTrue(
        errors.contains("Attend<SourceMask> cannot be converted to Attend<PastMask>"), errors);
  }

  /** Returns what javac says of an expression, with two tensors in reach. */
  private static String errors(String expression, Path folder) {
    String text =
        "import dev.dragoman.device.cuda.launch.*; class Swapped { Object of(Operand a, Operand b)"
            + " { return "
            + expression
            + "; } }";
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("string:///Swapped.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    StringWriter said = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    compiler.getTask(said, null, null, options, null, List.of(source)).call();
    return said.toString();
  }

  @Test
  void aPointerKnowsTheTypeOfItsNumbers() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Steps(tensor(DataType.F32, 0x1000, 3)));
    assertEquals("steps points to I32, not to " + tensor(DataType.F32, 0, 3), e.getMessage());
  }

  @Test
  void theTypesOfTheNumbersChooseTheKernel() {
    assertEquals("add_bf16", Kernels.add.of(sum(DataType.BF16, DataType.BF16)).name());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Kernels.add.of(sum(DataType.F16, DataType.BF16)));
    assertTrue(e.getMessage().startsWith("there is no add for these types: Add["), e.getMessage());
  }

  /**
   * The expected bytes follow by hand from the struct: two matrices, a pointer, a matrix, an int,
   * padding.
   */
  @Test
  void theBytesAreThoseOfTheStruct() {
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    assertEquals(64, Kernels.add.argumentBytes());
    sum(DataType.F32, DataType.F32).writeTo(bytes, 0);
    long[] addresses = {0x1000, 0x2000, 0x3000, 0x4000};
    int[] places = {0, 16, 32, 40};
    for (int i = 0; i < places.length; i++) {
      assertEquals(addresses[i], bytes.getLong(places[i]));
    }
    assertEquals(7, bytes.getInt(8), "stride of out");
    assertEquals(8, bytes.getInt(24), "stride of x");
    assertEquals(9, bytes.getInt(48), "stride of the residual");
    assertEquals(6, bytes.getInt(56), "width");
  }

  private static Add sum(DataType type, DataType residual) {
    return new Add(
        new Out(tensor(type, 0x1000, 7)),
        new X(tensor(type, 0x2000, 8)),
        new XBias(tensor(DataType.F32, 0x3000, 6)),
        new Residual(tensor(residual, 0x4000, 9)),
        6);
  }

  private static CudaTensor tensor(DataType type, long address, int stride) {
    return new CudaTensor(new DevicePointer().plus(address), type, new Shape(2, 6), stride);
  }

  @Test
  void bothSidesNumberAlike() {
    assertEquals(SlotState.IDLE, Constants.IDLE);
    assertEquals(SlotState.RUNNING, Constants.RUNNING);
    assertEquals(SlotState.FINISHED, Constants.FINISHED);
    assertEquals(SlotState.FAILED, Constants.FAILED);
    assertEquals(2, Constants.code(Activation.SWISH));
  }

  @Test
  void kernelsWithAnotherLayoutAreRefused() {
    KernelTable.requireLayout(Layout.TABLE);
    String other = Layout.TABLE.replace("member\tAdd\tx_bias\t32", "member\tAdd\tx_bias\t40");
    CudaFailure failure = assertThrows(CudaFailure.class, () -> KernelTable.requireLayout(other));
    assertEquals(
        "the kernels do not fit this program (kernels.fatbin has \"member Add x_bias 40 pointer\","
            + " and the program \"member Add x_bias 32 pointer\"): build or unpack the program"
            + " again",
        failure.getMessage());
    CudaFailure shorter = assertThrows(CudaFailure.class, () -> KernelTable.requireLayout(""));
    assertTrue(shorter.getMessage().contains("kernels.fatbin has nothing"), shorter.getMessage());
  }

  /** The module of faulty.cu says that a warp has 16 threads. */
  @Test
  void aModuleWithAnotherLayoutIsRefused() throws IOException {
    EmulatedDriver.requireEmulation();
    byte[] faulty = Files.readAllBytes(EmulatedDriver.folder().resolve("faulty.so"));
    CudaDevices.open(DataType.F32, CudaDevices.Products.OWN).close(); // this thread has a context
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.makeCurrent();
    CudaFailure failure = assertThrows(CudaFailure.class, () -> KernelTable.load(faulty, 64 << 10));
    assertEquals(
        "the kernels do not fit this program (kernels.fatbin has \"constant WARP 16\", and the"
            + " program \"constant WARP 32\"): build or unpack the program again",
        failure.getMessage());
  }

  /** The headers were changed behind the generator's back. */
  @Test
  void kernelsDoNotCompileWithAnotherLayout(@TempDir Path folder) throws Exception {
    assumeTrue(isThere("g++"), "there is no g++ to compile kernels with");
    try (Stream<Path> files = Files.list(CUDA)) {
      files.filter(Files::isRegularFile).forEach(file -> copy(file, folder));
    }
    copy(Path.of("target/door/layout.cuh"), folder);
    assertEquals("", compile(folder));
    Path arguments = folder.resolve("arguments.cuh");
    String text = Files.readString(arguments);
    Files.writeString(arguments, text.replace("float epsilon;", "double epsilon;"));
    assertTrue(compile(folder).contains("Java expects"), compile(folder));
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private static void copy(Path file, Path folder) {
    try {
      Files.copy(file, folder.resolve(file.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what g++ says of the arguments alone. */
  private static String compile(Path folder) throws IOException, InterruptedException {
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                "g++",
                "-std=c++17",
                "-fsyntax-only",
                "-Isrc/emulator/device",
                "-Isrc/emulator/runtime",
                "-include",
                "device_language.h",
                "-x",
                "c++",
                folder.resolve("layout.cuh").toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    process.waitFor();
    return Files.readString(said);
  }
}
