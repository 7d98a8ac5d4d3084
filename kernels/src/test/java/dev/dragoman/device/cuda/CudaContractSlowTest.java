// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract on CUDA with the timings and orders of threads that {@link CudaContractTest} lacks.
 */
@Tag("slow")
@ParameterizedClass
@MethodSource("variants")
class CudaContractSlowTest extends CudaContract {

  static List<Variant> variants() {
    return List.of(
        new Variant(
            DataType.F32, Products.CUBLAS, Timing.EAGER, Order.FORWARD, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F16, Products.OWN, Timing.DEFERRED, Order.FORWARD, KernelBehavior.CHECKED),
        new Variant(
            DataType.I8, Products.OWN, Timing.DEFERRED, Order.FORWARD, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F32, Products.OWN, Timing.EAGER, Order.REVERSE, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F32, Products.OWN, Timing.EAGER, Order.RANDOM, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F32, Products.OWN, Timing.DEFERRED, Order.FORWARD, KernelBehavior.CHECKED),
        new Variant(
            DataType.F16, Products.LT, Timing.EAGER, Order.FORWARD, KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F16,
            Products.CUBLAS,
            Timing.DEFERRED,
            Order.REVERSE,
            KernelBehavior.AS_THEY_ARE),
        new Variant(
            DataType.F16, Products.LT, Timing.DEFERRED, Order.RANDOM, KernelBehavior.AS_THEY_ARE));
  }
}
