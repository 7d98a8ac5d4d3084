// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every operation of a {@link dev.dragoman.device.Device} that computes or moves something: what a
 * device supports, what the contract of devices and the doctor compare with float64, and what the
 * doctor times.
 */
public final class Catalogue {
  private static final List<Operation> ALL =
      Stream.concat(
              TransferCase.OPERATIONS.stream(),
              Stream.of(
                  PackedEmbeddingCase.OPERATION,
                  DecodingEmbeddingCase.OPERATION,
                  LinearCase.OPERATION,
                  ShortlistProductCase.OPERATION,
                  FeedForwardCase.OPERATION,
                  SentenceAttentionCase.OPERATION,
                  PastAttentionCase.OPERATION,
                  SourceAttentionCase.OPERATION,
                  KeptAttentionCase.OPERATION,
                  LayerCase.NORM,
                  LayerCase.ADD,
                  LayerCase.ADD_NORM,
                  AppendCase.OPERATION,
                  BindKeysValuesCase.OPERATION,
                  BindCase.OPERATION,
                  AdvanceCase.OPERATION,
                  SearchAmongCase.OPERATION,
                  AdvanceCase.WITH_SHORTLISTS))
          .toList();

  private Catalogue() {}

  /** Returns all operations. */
  public static List<Operation> operations() {
    return ALL;
  }

  /** Returns all cases of all operations. */
  public static Stream<OperationCase> cases() {
    return ALL.stream().flatMap(operation -> operation.cases().stream());
  }
}
