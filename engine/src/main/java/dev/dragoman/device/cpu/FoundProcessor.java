// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.device.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.dnnl.dnnl_version_t;

/** The processor, where oneDNN is there for it. */
final class FoundProcessor implements FoundDevice {
  /**
   * The rows of a step with a good number of slots, but not so many that large models take long.
   */
  private static final int ROWS = 64;

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public List<Fact> facts() {
    dnnl_version_t version = dnnl_version();
    String number = version.major() + "." + version.minor() + "." + version.patch();
    return List.of(
        new Fact("oneDNN", number + ", for " + OneDnn.instructionSet()),
        new Fact("vector API", vectorUnit()));
  }

  private static String vectorUnit() {
    return VectorMath.obstacle().map("off: "::concat).orElseGet(() -> SimdMath.bits() + " bits");
  }

  @Override
  public List<DataType> precisions() {
    List<DataType> precisions = new ArrayList<>(List.of(DataType.F32));
    if (OneDnn.multipliesBfloat16()) {
      precisions.add(DataType.BF16);
    }
    if (OneDnn.integerRange().isPresent()) {
      precisions.add(DataType.I8);
    }
    return precisions;
  }

  @Override
  public boolean isEmulated() {
    return false;
  }

  @Override
  public Optional<Limits> limits(DataType precision) {
    return Optional.of(ProcessorLimits.measure(precision));
  }

  @Override
  public OptionalDouble productSeconds(DataType precision, Shape weights) {
    return OptionalDouble.of(ProductTimes.best(precision, ROWS, weights));
  }
}
