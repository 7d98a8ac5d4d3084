// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.CudaException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GPU with what all its forks share: the kernels, the weights' memory and the count of bytes
 * held. It is closed with the last of its forks, but its context stays.
 */
final class Gpu {
  private static final Logger log = LoggerFactory.getLogger(Gpu.class);

  private final int ordinal;
  private final CUdevice device;
  private final CUcontext context;
  private final KernelTable kernels;
  private final int multiprocessors;
  private final DeviceMemory sharedMemory;
  private final AtomicLong bytesHeld = new AtomicLong();
  private FeedForwardWays ways;
  private ProductChoices choices;
  private final AtomicInteger users = new AtomicInteger();

  private Gpu(int ordinal, CUdevice device, CUcontext context, KernelTable kernels) {
    this.ordinal = ordinal;
    this.device = device;
    this.context = context;
    this.kernels = kernels;
    this.multiprocessors =
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    this.sharedMemory = new DeviceMemory("cuda:" + ordinal, bytesHeld);
  }

  /** Opens the GPU of that number, whose driver has been initialized. */
  static Gpu open(int ordinal) {
    CUdevice device = new CUdevice();
    CudaFailure.guard("open GPU " + ordinal, () -> cuDeviceGet(device, ordinal));
    CUcontext context = PrimaryContexts.of(ordinal, device);
    CudaFailure.guard("use GPU " + ordinal, () -> cuCtxSetCurrent(context));
    int optIn = CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
    return new Gpu(ordinal, device, context, KernelTable.load(attribute(device, optIn)));
  }

  /** Returns an attribute of a device, by CUdevice_attribute. */
  static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    cuDeviceGetAttribute(value, attribute, device);
    return value[0];
  }

  /** Makes it the GPU that this thread's calls go to; CUDA remembers that for each thread. */
  void makeCurrent() {
    try {
      cuCtxSetCurrent(context);
    } catch (CudaException e) {
      throw CudaFailure.of("use a context", e);
    }
  }

  /** Returns the name that users know it by: {@code cuda:0}. */
  String name() {
    return "cuda:" + ordinal;
  }

  /** Returns the vendor's name of it. */
  String product() {
    return product(device);
  }

  /** Returns the vendor's name of a device. */
  static String product(CUdevice device) {
    byte[] name = new byte[256];
    cuDeviceGetName(name, name.length, device);
    return new String(name, StandardCharsets.UTF_8).trim();
  }

  /** Returns its compute capability, 90 for 9.0. */
  int capability() {
    return capability(device);
  }

  /** Returns the compute capability of a device, 90 for 9.0. */
  static int capability(CUdevice device) {
    return 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  /** Returns how many multiprocessors it has. */
  int multiprocessors() {
    return multiprocessors;
  }

  KernelTable kernels() {
    return kernels;
  }

  AtomicLong bytesHeld() {
    return bytesHeld;
  }

  /** Returns the memory that stays until the last fork is closed: the weights'. */
  DeviceMemory sharedMemory() {
    return sharedMemory;
  }

  /** Returns memory that its caller closes after use. */
  DeviceMemory temporaryMemory() {
    return new DeviceMemory("cuda:" + ordinal, bytesHeld);
  }

  /**
   * Returns the ways in which feed-forward layers are computed on this GPU; the same for all forks.
   *
   * @param products what multiplies matrices
   */
  synchronized FeedForwardWays feedForwardWays(String products) {
    if (ways == null) {
      ways =
          NativeLibraries.isEmulated()
              ? FeedForwardWays.always(FeedForwardWays.Way.TWO_PRODUCTS)
              : FeedForwardWays.remembered(notes(products, "feed-forward.txt"));
    }
    return ways;
  }

  private CardNotes notes(String products, String file) {
    String card = product() + ", CUDA " + CudaDeviceProvider.driverVersion() + ", " + products;
    return CardNotes.inCache(card, file);
  }

  /** Sets the ways instead of measuring them; tests call it before they make the first fork. */
  synchronized void use(FeedForwardWays others) {
    ways = others;
  }

  /**
   * Returns what multiplies by weights of each shape on this GPU; the same for all forks.
   *
   * @param products of which it is chosen
   */
  synchronized ProductChoices productChoices(String products) {
    if (choices == null) {
      choices =
          NativeLibraries.isEmulated()
              ? ProductChoices.of(BatchInvariance.trusted())
              : ProductChoices.remembered(BatchInvariance.tried(), notes(products, "products.txt"));
    }
    return choices;
  }

  /** Sets the choices instead of trying products; tests call it before they make the first fork. */
  synchronized void use(ProductChoices others) {
    choices = others;
  }

  void opened() {
    users.incrementAndGet();
  }

  void closed() {
    if (users.decrementAndGet() > 0) {
      return;
    }
    try {
      makeCurrent();
      sharedMemory.close();
      kernels.close();
    } catch (CudaFailure e) {
      abandon(e);
    }
  }

  /**
   * Destroys the context, as nothing can be given back piece by piece on a lost GPU, and other
   * processes may need its memory.
   */
  private void abandon(CudaFailure reason) {
    log.debug("{} is lost: its context is destroyed", name(), reason);
    try {
      PrimaryContexts.destroy(ordinal, device, context);
    } catch (CudaFailure e) {
      log.debug("{} cannot be reset", name(), e);
    }
    bytesHeld.set(0);
  }
}
