// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.launch.Ancestors;
import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.Attend;
import dev.dragoman.device.cuda.launch.AttentionScores;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Offsets;
import dev.dragoman.device.cuda.launch.PastMask;
import dev.dragoman.device.cuda.launch.Rows;
import dev.dragoman.device.cuda.launch.SentenceMask;
import dev.dragoman.device.cuda.launch.SourceLengths;
import dev.dragoman.device.cuda.launch.SourceMask;
import dev.dragoman.device.cuda.launch.SourceStarts;
import dev.dragoman.device.cuda.launch.WeightedSum;

/**
 * A mask as kernels take it, and the kernels that take it.
 *
 * @param <M> the mask's struct
 * @param attend the whole attention
 * @param attendFew the same for few queries
 * @param scores the first of attention's parts
 * @param weightedSum the last of them
 */
record MaskedKernels<M extends Arguments>(
    M mask,
    Kernel<Attend<M>> attend,
    Kernel<Attend<M>> attendFew,
    Kernel<AttentionScores<M>> scores,
    Kernel<WeightedSum<M>> weightedSum) {

  static MaskedKernels<?> of(Mask mask) {
    if (mask instanceof Mask.Sentence sentence) {
      return of(CudaTensor.of(sentence.tokens().offsets()));
    }
    return mask instanceof Mask.Past past
        ? ofPast(past.tokens())
        : ofSource(((Mask.Source) mask).tokens());
  }

  private static MaskedKernels<SentenceMask> of(CudaTensor offsets) {
    return new MaskedKernels<>(
        new SentenceMask(new Offsets(offsets), offsets.count() - 1),
        Kernels.attend_sentence,
        Kernels.attend_sentence,
        Kernels.attention_scores_sentence,
        Kernels.weighted_sum_sentence);
  }

  private static MaskedKernels<PastMask> ofPast(TokenRows.Decoding tokens) {
    return new MaskedKernels<>(
        new PastMask(
            new Ancestors(CudaTensor.of(tokens.state().beams().ancestors())),
            StateArguments.decoding(tokens)),
        Kernels.attend_past,
        Kernels.attend_split_past,
        Kernels.attention_scores_past,
        Kernels.weighted_sum_past);
  }

  private static MaskedKernels<SourceMask> ofSource(TokenRows.Decoding tokens) {
    SlotState state = tokens.state();
    return new MaskedKernels<>(
        new SourceMask(
            new Rows(CudaTensor.of(tokens.rows())),
            new SourceStarts(CudaTensor.of(state.sources().starts())),
            new SourceLengths(CudaTensor.of(state.sources().lengths())),
            state.rules().beamSize()),
        Kernels.attend_source,
        Kernels.attend_split_source,
        Kernels.attention_scores_source,
        Kernels.weighted_sum_source);
  }
}
