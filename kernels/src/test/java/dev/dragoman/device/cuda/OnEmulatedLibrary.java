// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test that calls an emulated library by the names that its functions have in C. */
abstract class OnEmulatedLibrary extends OnEmulatedGpu {
  static final int SUCCESS = 0;
  static final int NOT_INITIALIZED = 1;
  static final int INVALID_VALUE = 7;
  static final int EXECUTION_FAILED = 13;
  static final int NOT_SUPPORTED = 15;
  static final int F32 = 0;
  static final int F16 = 2;
  static final int BF16 = 14;
  static final int COMPUTE_32F = 68;
  static final int CAPTURE_INVALIDATED = 901;

  /** The stream that the library's work goes to. */
  Pointer work;

  private NativeLibrary driver;

  @BeforeEach
  void makeStream() {
    driver = library("libcuda.so.1");
    work = made(driver, "cuStreamCreate", 1);
  }

  @AfterEach
  void forgetSettings() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.behaveAsUsual();
    }
  }

  static NativeLibrary library(String name) {
    return NativeLibrary.getInstance(
        EmulatedDriver.folder().resolve(name).toAbsolutePath().toString());
  }

  static int call(NativeLibrary library, String function, Object... arguments) {
    return library.getFunction(function).invokeInt(arguments);
  }

  int driver(String function, Object... arguments) {
    return call(driver, function, arguments);
  }

  /** Returns what a function writes to where its first argument points. */
  static Pointer made(NativeLibrary library, String function, Object... others) {
    PointerByReference result = new PointerByReference();
    Object[] arguments = new Object[others.length + 1];
    arguments[0] = result;
    System.arraycopy(others, 0, arguments, 1, others.length);
    assertEquals(SUCCESS, call(library, function, arguments), function);
    return result.getValue();
  }

  /** Takes device memory, which is full of NaN. */
  Pointer take(long bytes) {
    LongByReference address = new LongByReference();
    assertEquals(SUCCESS, driver("cuMemAlloc_v2", address, bytes));
    return new Pointer(address.getValue());
  }

  Pointer upload(int type, float... numbers) {
    Memory host = new Memory((long) numbers.length * bytes(type));
    for (int i = 0; i < numbers.length; i++) {
      if (type == F32) {
        host.setFloat(4L * i, numbers[i]);
      } else {
        host.setShort(2L * i, type == F16 ? half(numbers[i]) : bfloat(numbers[i]));
      }
    }
    Pointer device = take(host.size());
    assertEquals(SUCCESS, driver("cuMemcpyHtoD_v2", device, host, host.size()));
    return device;
  }

  float[] download(Pointer device, int type, int count) {
    assertEquals(SUCCESS, driver("cuStreamSynchronize", work), EmulatedDriver.lastError());
    Memory host = new Memory((long) count * bytes(type));
    assertEquals(SUCCESS, driver("cuMemcpyDtoH_v2", host, device, host.size()));
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (type) {
            case F16 -> ofHalf(host.getShort(2L * i));
            case BF16 -> Float.intBitsToFloat(host.getShort(2L * i) << 16);
            default -> host.getFloat(4L * i);
          };
    }
    return numbers;
  }

  void beginCapture() {
    assertEquals(SUCCESS, driver("cuStreamBeginCapture_v2", work, 0));
  }

  /** Ends the capture; returns the driver's error or 0. */
  int endCapture() {
    return driver("cuStreamEndCapture", work, new PointerByReference());
  }

  static int bytes(int type) {
    return type == F32 ? 4 : 2;
  }

  /** Returns the bits of a number that float16 represents exactly. */
  private static short half(float number) {
    int bits = Float.floatToIntBits(number);
    int exponent = (bits >> 23 & 0xff) - 127 + 15;
    return (short) (bits >> 16 & 0x8000 | (number == 0 ? 0 : exponent << 10 | bits >> 13 & 0x3ff));
  }

  private static float ofHalf(short half) {
    int exponent = half >> 10 & 0x1f;
    double fraction = (half & 0x3ff) / 1024.0;
    double magnitude =
        exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
    return (float) (half < 0 ? -magnitude : magnitude);
  }

  private static short bfloat(float number) {
    return (short) (Float.floatToIntBits(number) >> 16);
  }
}
