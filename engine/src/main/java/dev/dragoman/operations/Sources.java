// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.SlotState;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The place of each slot's source in the source caches.
 *
 * @param cached positions of the caches
 * @param starts of each slot's source
 * @param lengths of each slot's source
 */
record Sources(int cached, List<Integer> starts, List<Integer> lengths) {

  /** Returns equally long sources for all slots, in the order of the slots. */
  static Sources inOrder(Sizes.Batch batch) {
    return new Sources(
        batch.slots() * batch.source(),
        IntStream.range(0, batch.slots()).mapToObj(slot -> slot * batch.source()).toList(),
        Collections.nCopies(batch.slots(), batch.source()));
  }

  /** Returns sources in the reverse order of their slots; that of the last slot is empty. */
  static Sources reversed(Sizes.Batch batch) {
    int last = batch.slots() - 1;
    return new Sources(
        batch.slots() * batch.source(),
        IntStream.rangeClosed(0, last).mapToObj(slot -> (last - slot) * batch.source()).toList(),
        IntStream.rangeClosed(0, last)
            .mapToObj(slot -> slot == last ? 0 : batch.source())
            .toList());
  }

  /** Tells a device. */
  void upload(Workbench bench, SlotState state) {
    bench.device().upload(Workbench.integers(starts), state.sources().starts());
    bench.device().upload(Workbench.integers(lengths), state.sources().lengths());
  }

  int longest() {
    return Collections.max(lengths);
  }

  /** Returns the positions of all sources together. */
  int positions() {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the pairs of a row that is fed and a position of its source. */
  int pairs(Beams beams) {
    return IntStream.of(beams.fed()).map(row -> lengths.get(beams.slot(row))).sum();
  }

  /** Returns the positions that each row sees. */
  List<int[]> visible(Beams beams) {
    return IntStream.of(beams.fed())
        .map(beams::slot)
        .mapToObj(slot -> Reference.range(starts.get(slot), lengths.get(slot)))
        .toList();
  }
}
