// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import java.util.Arrays;

/** Slots become ready for new sentences. */
record BindCase(Beams beams) implements OperationCase {
  static final Operation OPERATION = new Operation("bind", sizes -> new BindCase(Beams.of(sizes)));

  private static final int START = 1;
  private static final int SOURCE = 3;

  @Override
  public String shape() {
    return beams.slots() + " slots, beam " + beams.size();
  }

  @Override
  public Work work(Types types) {
    return Work.bytes(Integer.BYTES * 9.0 * beams.rows());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = bench.slots(beams, beams.slots() * SOURCE);
    Binding binding = bench.bindAll(state, SOURCE);
    return PreparedOperation.of(
        () -> bench.device().bind(binding, START),
        () ->
            same(bench, "status", SlotState.RUNNING, state.progress().status())
                .or(same(bench, "lengths", SOURCE, state.sources().lengths()))
                .or(
                    Deviation.ofIntegers(
                        "starts",
                        bench.downloadIntegers(binding.starts()),
                        bench.downloadIntegers(state.sources().starts()))));
  }

  private static Deviation same(Workbench bench, String what, int number, Tensor actual) {
    int[] expected = new int[actual.shape().size()];
    Arrays.fill(expected, number);
    return Deviation.ofIntegers(what, expected, bench.downloadIntegers(actual));
  }
}
