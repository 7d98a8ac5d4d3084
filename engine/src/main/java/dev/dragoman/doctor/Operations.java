package dev.dragoman.doctor;

import java.util.List;
import java.util.stream.Stream;

/** Every operation of the seam that computes or moves something. */
final class Operations {
  private Operations() {}

  static List<Operation> all() {
    return Stream.of(
            Stream.of(TransferOperations.values()),
            Stream.of(
                new EmbeddingOperations.Packed(),
                new EmbeddingOperations.Decoding(),
                new ProductOperations.OutputWords(),
                new CandidateProducts(),
                new ProductOperations.FeedForward(),
                new AttentionOperations.Sentences(),
                new AttentionOperations.Past(),
                new AttentionOperations.Source(),
                new KeptAttention()),
            Stream.of(LayerOperations.values()),
            Stream.of(
                new CacheOperations.Append(),
                new CacheOperations.Bind(),
                new SearchOperations.Bind(),
                new SearchOperations.Advance(),
                new SearchOperations.SearchAmong(),
                new SearchOperations.AdvanceCandidates()))
        .<Operation>flatMap(operations -> operations)
        .toList();
  }
}
