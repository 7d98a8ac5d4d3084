// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.SearchRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds the decoder given tokens instead of those that it would choose, one slot for each sentence.
 * What the model computes is seen by the device that it runs on.
 */
final class TeacherForcing {
  private final Transformer model;
  private final Device device;

  /** A source and the target that is fed, each as token ids; targets of equal length. */
  record Pair(int[] source, int[] target) {}

  TeacherForcing(Transformer model, Device device) {
    this.model = model;
    this.device = device;
  }

  /** Encodes the sources in one packed batch and decodes the targets side by side. */
  void run(List<Pair> pairs) {
    int steps = pairs.get(0).target().length;
    int end = model.config().tokens().end();
    // The rules want more hypotheses than there are steps, so that no slot stops before its target
    // does.
    SearchRules rules = new SearchRules(1, steps + 1, 0, 0, steps + 1, end);
    int tokens = pairs.stream().mapToInt(pair -> pair.source().length).sum();
    Session session = model.open(device, new Session.Size(pairs.size(), tokens, tokens), rules);
    List<Session.Placed> placed = new ArrayList<>();
    int[] rows = new int[pairs.size()];
    int[] fed = new int[pairs.size() * rules.maxLength()];
    int start = 0;
    for (int slot = 0; slot < rows.length; slot++) {
      Pair pair = pairs.get(slot);
      placed.add(new Session.Placed(pair.source(), slot, start));
      start += pair.source().length;
      rows[slot] = slot;
      System.arraycopy(pair.target(), 0, fed, slot * rules.maxLength(), steps);
    }
    session.begin(placed);
    for (int step = 0; step < steps; step++) {
      device.upload(fed, session.state().beams().tokens());
      session.step(rows, rows.length);
    }
  }
}
