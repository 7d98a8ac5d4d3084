// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract on CUDA: float32, float16 and bfloat16, each with a library's products and with own
 * ones, and int8, which has own ones alone. On the emulated driver every precision has kernels with
 * checks and kernels without; {@link CudaContractSlowTest} has the timings and orders of threads
 * that are left out here. {@code src/gpu/steps.sh} runs the first variant on a GPU.
 */
@ParameterizedClass
@MethodSource("variants")
class CudaContractTest extends CudaContract {

  static List<Variant> variants() {
    return List.of(
        new Variant(DataType.F16, Products.LT, Timing.EAGER, Order.REVERSE, KernelBehavior.INEXACT),
        new Variant(
            DataType.F32, Products.OWN, Timing.DEFERRED, Order.REVERSE, KernelBehavior.CHECKED),
        new Variant(
            DataType.F32, Products.LT, Timing.DEFERRED, Order.RANDOM, KernelBehavior.INEXACT),
        new Variant(DataType.F16, Products.OWN, Timing.EAGER, Order.RANDOM, KernelBehavior.CHECKED),
        new Variant(
            DataType.BF16,
            Products.CUBLAS,
            Timing.DEFERRED,
            Order.REVERSE,
            KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.BF16, Products.OWN, Timing.EAGER, Order.RANDOM, KernelBehavior.CHECKED),
        new Variant(
            DataType.I8, Products.OWN, Timing.EAGER, Order.RANDOM, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.I8, Products.OWN, Timing.DEFERRED, Order.REVERSE, KernelBehavior.CHECKED));
  }
}
