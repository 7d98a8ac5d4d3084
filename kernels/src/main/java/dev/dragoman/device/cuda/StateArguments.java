// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.launch.Ancestors;
import dev.dragoman.device.cuda.launch.BeamScores;
import dev.dragoman.device.cuda.launch.BestEnded;
import dev.dragoman.device.cuda.launch.DecodingRows;
import dev.dragoman.device.cuda.launch.Hypotheses;
import dev.dragoman.device.cuda.launch.HypothesisCounts;
import dev.dragoman.device.cuda.launch.HypothesisEnded;
import dev.dragoman.device.cuda.launch.HypothesisLengths;
import dev.dragoman.device.cuda.launch.HypothesisRows;
import dev.dragoman.device.cuda.launch.HypothesisScores;
import dev.dragoman.device.cuda.launch.HypothesisTokens;
import dev.dragoman.device.cuda.launch.Rows;
import dev.dragoman.device.cuda.launch.Slots;
import dev.dragoman.device.cuda.launch.Status;
import dev.dragoman.device.cuda.launch.Steps;
import dev.dragoman.device.cuda.launch.Tokens;

/** The state of the slots in the structs that kernels take. */
final class StateArguments {
  private StateArguments() {}

  /** Returns the rows of a step of the decoder. */
  static DecodingRows decoding(TokenRows.Decoding tokens) {
    SlotState state = tokens.state();
    return new DecodingRows(
        new Rows(CudaTensor.of(tokens.rows())),
        new Steps(CudaTensor.of(state.progress().steps())),
        state.rules().beamSize(),
        state.rules().maxLength());
  }

  /** Returns what the slots remember. */
  static Slots slots(SlotState state) {
    return new Slots(
        new Tokens(CudaTensor.of(state.beams().tokens())),
        new Ancestors(CudaTensor.of(state.beams().ancestors())),
        new BeamScores(CudaTensor.of(state.beams().scores())),
        new Steps(CudaTensor.of(state.progress().steps())),
        new Status(CudaTensor.of(state.progress().status())),
        new BestEnded(CudaTensor.of(state.progress().bestEnded())),
        state.rules().beamSize(),
        state.rules().maxLength());
  }

  /** Returns the hypotheses that have been registered. */
  static Hypotheses hypotheses(SlotState state) {
    SlotState.Hypotheses hypotheses = state.hypotheses();
    return new Hypotheses(
        new HypothesisTokens(CudaTensor.of(hypotheses.tokens())),
        new HypothesisLengths(CudaTensor.of(hypotheses.lengths())),
        new HypothesisEnded(CudaTensor.of(hypotheses.ended())),
        new HypothesisRows(state.attention().map(history -> CudaTensor.of(history.rows()))),
        new HypothesisScores(CudaTensor.of(hypotheses.scores())),
        new HypothesisCounts(CudaTensor.of(hypotheses.counts())),
        state.rules().capacity());
  }
}
