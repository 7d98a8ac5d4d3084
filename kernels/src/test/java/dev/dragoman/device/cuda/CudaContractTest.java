package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceContract;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The contract on CUDA: each precision, with cuBLAS and with own products, and on the emulated
 * driver with each timing and order of threads. What is not slow has every precision with kernels
 * that look for undefined behaviour and with kernels as they are; the slow half has the
 * combinations that it leaves out.
 */
class CudaContractTest {

  abstract static class OnCuda extends DeviceContract {
    private final DataType precision;
    private final CudaDevices.Products products;
    private final Timing timing;
    private final Order order;

    OnCuda(DataType precision, CudaDevices.Products products, Timing timing, Order order) {
      this.precision = precision;
      this.products = products;
      this.timing = timing;
      this.order = order;
    }

    @Override
    protected Device open() {
      CudaDevices.behave(timing, order);
      return CudaDevices.open(precision, products);
    }

    @Override
    protected DataType precision() {
      return precision;
    }

    @Override
    protected DataType storage() {
      return CudaLinear.activations(precision);
    }

    @AfterEach
    void noKernelWroteBesideItsBuffers() {
      if (EmulatedDriver.isEmulated()) {
        assertTrue(EmulatedDriver.memoryIsWhole(), "a kernel wrote beside a buffer");
      }
    }
  }

  /** Every check of UndefinedBehaviorSanitizer in every kernel. */
  abstract static class WithoutUndefinedBehaviour extends OnCuda {

    WithoutUndefinedBehaviour(DataType precision, Timing timing, Order order) {
      super(precision, CudaDevices.Products.OWN, timing, order);
    }

    @Override
    protected Device open() {
      EmulatedDriver.requireEmulation();
      EmulatedDriver.findUndefined(true);
      try {
        Device device = super.open();
        String libraries = Files.readString(Path.of("/proc/self/maps"));
        assertTrue(libraries.contains("kernels-undefined.so"), "kernels without checks");
        return device;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        EmulatedDriver.findUndefined(false);
      }
    }
  }

  /** As users have it, and on the emulated driver with functions as inexact as a GPU's. */
  abstract static class Inexact extends OnCuda {

    Inexact(DataType precision, Timing timing, Order order) {
      super(precision, CudaDevices.Products.LT, timing, order);
    }

    @Override
    protected Device open() {
      Device device = super.open();
      beSloppy(true);
      return device;
    }

    @AfterEach
    void beExact() {
      beSloppy(false);
    }

    private static void beSloppy(boolean sloppy) {
      if (EmulatedDriver.isEmulated()) {
        EmulatedDriver.sloppy(sloppy);
      }
    }
  }

  @Nested
  @Tag("slow")
  class Float32EagerForward extends OnCuda {
    Float32EagerForward() {
      super(DataType.F32, CudaDevices.Products.CUBLAS, Timing.EAGER, Order.FORWARD);
    }
  }

  @Nested
  class Float32DeferredReverse extends WithoutUndefinedBehaviour {
    Float32DeferredReverse() {
      super(DataType.F32, Timing.DEFERRED, Order.REVERSE);
    }
  }

  @Nested
  class Float32DeferredRandom extends Inexact {
    Float32DeferredRandom() {
      super(DataType.F32, Timing.DEFERRED, Order.RANDOM);
    }
  }

  @Nested
  class Float16EagerReverse extends Inexact {
    Float16EagerReverse() {
      super(DataType.F16, Timing.EAGER, Order.REVERSE);
    }
  }

  @Nested
  @Tag("slow")
  class Float16DeferredForward extends WithoutUndefinedBehaviour {
    Float16DeferredForward() {
      super(DataType.F16, Timing.DEFERRED, Order.FORWARD);
    }
  }

  @Nested
  class Float16EagerRandom extends WithoutUndefinedBehaviour {
    Float16EagerRandom() {
      super(DataType.F16, Timing.EAGER, Order.RANDOM);
    }
  }

  @Nested
  class Bfloat16DeferredReverse extends OnCuda {
    Bfloat16DeferredReverse() {
      super(DataType.BF16, CudaDevices.Products.CUBLAS, Timing.DEFERRED, Order.REVERSE);
    }
  }

  @Nested
  class Bfloat16EagerRandom extends WithoutUndefinedBehaviour {
    Bfloat16EagerRandom() {
      super(DataType.BF16, Timing.EAGER, Order.RANDOM);
    }
  }

  @Nested
  class Int8EagerRandom extends OnCuda {
    Int8EagerRandom() {
      super(DataType.I8, CudaDevices.Products.OWN, Timing.EAGER, Order.RANDOM);
    }
  }

  @Nested
  class Int8DeferredReverse extends WithoutUndefinedBehaviour {
    Int8DeferredReverse() {
      super(DataType.I8, Timing.DEFERRED, Order.REVERSE);
    }
  }

  @Nested
  @Tag("slow")
  class Int8DeferredForward extends OnCuda {
    Int8DeferredForward() {
      super(DataType.I8, CudaDevices.Products.OWN, Timing.DEFERRED, Order.FORWARD);
    }
  }

  @Nested
  @Tag("slow")
  class Float32EagerReverse extends OnCuda {
    Float32EagerReverse() {
      super(DataType.F32, CudaDevices.Products.OWN, Timing.EAGER, Order.REVERSE);
    }
  }

  @Nested
  @Tag("slow")
  class Float32EagerRandom extends OnCuda {
    Float32EagerRandom() {
      super(DataType.F32, CudaDevices.Products.OWN, Timing.EAGER, Order.RANDOM);
    }
  }

  @Nested
  @Tag("slow")
  class Float32DeferredForward extends WithoutUndefinedBehaviour {
    Float32DeferredForward() {
      super(DataType.F32, Timing.DEFERRED, Order.FORWARD);
    }
  }

  @Nested
  @Tag("slow")
  class Float16EagerForward extends OnCuda {
    Float16EagerForward() {
      super(DataType.F16, CudaDevices.Products.LT, Timing.EAGER, Order.FORWARD);
    }
  }

  @Nested
  @Tag("slow")
  class Float16DeferredReverse extends OnCuda {
    Float16DeferredReverse() {
      super(DataType.F16, CudaDevices.Products.CUBLAS, Timing.DEFERRED, Order.REVERSE);
    }
  }

  @Nested
  @Tag("slow")
  class Float16DeferredRandom extends OnCuda {
    Float16DeferredRandom() {
      super(DataType.F16, CudaDevices.Products.LT, Timing.DEFERRED, Order.RANDOM);
    }
  }
}
