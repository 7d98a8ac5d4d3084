// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotShortlists;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.launch.Advance;
import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.BestShortlistTokens;
import dev.dragoman.device.cuda.launch.BestTokens;
import dev.dragoman.device.cuda.launch.Bias;
import dev.dragoman.device.cuda.launch.CandidateTokens;
import dev.dragoman.device.cuda.launch.Candidates;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Found;
import dev.dragoman.device.cuda.launch.HypothesisCounts;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.LogProbabilities;
import dev.dragoman.device.cuda.launch.Logits;
import dev.dragoman.device.cuda.launch.Offsets;
import dev.dragoman.device.cuda.launch.Rows;
import dev.dragoman.device.cuda.launch.SearchedRows;
import dev.dragoman.device.cuda.launch.SentenceSlots;
import dev.dragoman.device.cuda.launch.ShortlistCounts;
import dev.dragoman.device.cuda.launch.Shortlists;
import dev.dragoman.device.cuda.launch.SourceLengths;
import dev.dragoman.device.cuda.launch.SourceStarts;
import dev.dragoman.device.cuda.launch.StartSlots;
import dev.dragoman.device.cuda.launch.Starts;
import dev.dragoman.device.cuda.launch.Status;

/** The start of slots and one step of the search. */
final class CudaSearch {
  private final Execution execution;

  CudaSearch(Execution execution) {
    this.execution = execution;
  }

  /** Makes slots ready for new sentences. */
  void bind(Binding binding, int startToken) {
    SlotState state = binding.state();
    CudaTensor slots = CudaTensor.of(binding.slots());
    execution.launch(
        Kernels.start_slots,
        Grid.of(slots.count()),
        new StartSlots(
            new SentenceSlots(slots),
            new Offsets(CudaTensor.of(binding.tokens().offsets())),
            new Starts(CudaTensor.of(binding.starts())),
            StateArguments.slots(state),
            new SourceStarts(CudaTensor.of(state.sources().starts())),
            new SourceLengths(CudaTensor.of(state.sources().lengths())),
            new HypothesisCounts(CudaTensor.of(state.hypotheses().counts())),
            startToken));
  }

  void advance(CudaTensor logits, CudaTensor bias, TokenRows.Decoding tokens) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    Agreement.check(
        logits.count() == tokens.count()
            && logits.type() == DataType.F32
            && bias.count() == logits.width()
            && bias.type() == DataType.F32,
        "advance",
        logits,
        bias,
        CudaTensor.of(tokens.rows()));
    if (rules.beamSize() > Constants.MAX_BEAM) {
      throw new IllegalArgumentException(
          "advance: beam "
              + rules.beamSize()
              + "; the kernels take beams to "
              + Constants.MAX_BEAM);
    }
    Candidates candidates = candidates(tokens.count(), 2 * rules.beamSize());
    if (state.shortlists().isPresent()) {
      findBestTokens(logits, bias, tokens, candidates, state.shortlists().get());
    } else {
      findBestTokens(logits, bias, tokens, candidates);
    }
    execution.launch(
        Kernels.advance,
        advanceGrid(tokens.count(), rules.beamSize()),
        new Advance(
            candidates,
            new Rows(CudaTensor.of(tokens.rows())),
            tokens.count(),
            StateArguments.slots(state),
            StateArguments.hypotheses(state),
            rules.hypotheses(),
            rules.earlyExit(),
            rules.endToken()));
  }

  /**
   * Returns the candidates that the first kernel of a step passes to the second, in the workspace.
   */
  Candidates candidates(int rows, int best) {
    long numbers = (long) rows * best;
    DevicePointer place = execution.workspace((2 * numbers + rows) * Integer.BYTES);
    Shape shape = new Shape(rows, best);
    DevicePointer tokens = place.plus(numbers * Integer.BYTES);
    DevicePointer found = tokens.plus(numbers * Integer.BYTES);
    return new Candidates(
        new LogProbabilities(CudaTensor.contiguous(place, DataType.F32, shape)),
        new CandidateTokens(CudaTensor.contiguous(tokens, DataType.I32, shape)),
        new Found(CudaTensor.contiguous(found, DataType.I32, Shape.vector(rows))));
  }

  private void findBestTokens(
      CudaTensor logits, CudaTensor bias, TokenRows.Decoding tokens, Candidates candidates) {
    int beam = tokens.state().rules().beamSize();
    execution.launch(
        narrowed(Kernels.best_tokens, beam),
        bestGrid(tokens.count(), beam),
        new BestTokens(
            candidates, new Logits(logits), new Bias(bias), logits.width(), searched(tokens)));
  }

  /** Finds the best tokens of each row where each slot has a shortlist to choose from. */
  private void findBestTokens(
      CudaTensor logits,
      CudaTensor bias,
      TokenRows.Decoding tokens,
      Candidates candidates,
      SlotShortlists shortlists) {
    int beam = tokens.state().rules().beamSize();
    execution.launch(
        narrowed(Kernels.best_shortlist_tokens, beam),
        bestGrid(tokens.count(), beam),
        new BestShortlistTokens(
            candidates,
            new Logits(logits),
            new Bias(bias),
            new Shortlists(CudaTensor.of(shortlists.words())),
            new ShortlistCounts(CudaTensor.of(shortlists.counts())),
            CudaTensor.of(shortlists.words()).width(),
            searched(tokens)));
  }

  private static SearchedRows searched(TokenRows.Decoding tokens) {
    SlotState state = tokens.state();
    SearchRules rules = state.rules();
    return new SearchedRows(
        new Status(CudaTensor.of(state.progress().status())),
        StateArguments.decoding(tokens),
        rules.minLength(),
        rules.endToken(),
        rules.firstToken());
  }

  /** Returns how many threads find the best tokens of a row. */
  static int bestThreads(int beam) {
    return 2 * beam <= Constants.BEST_FEW ? Constants.BEST_FEW_THREADS : Constants.BEST_THREADS;
  }

  private static <A extends Arguments> Kernel<A> narrowed(Kernel<A> kernel, int beam) {
    return kernel.withThreads(bestThreads(beam));
  }

  /** Returns the grid of best_tokens and best_shortlist_tokens, with two keys for each thread. */
  static Grid bestGrid(int rows, int beam) {
    return Grid.of(rows).withShared(2 * Long.BYTES * bestThreads(beam));
  }

  /**
   * Returns the grid of advance, whose shared memory holds first the scores of a slot's candidates,
   * and then a position of each beam's history.
   */
  static Grid advanceGrid(int rows, int beam) {
    int candidates = Float.BYTES * 2 * beam * beam;
    int positions = Integer.BYTES * Constants.ADVANCE_THREADS * beam;
    return Grid.of(rows).withShared(Math.max(candidates, positions));
  }
}
