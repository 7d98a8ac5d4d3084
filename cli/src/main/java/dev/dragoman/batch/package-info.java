/**
 * Batch jobs: what there is to translate, the journal from which a job goes on, and the outputs
 * that appear when they are complete. Knows nothing of commands and terminals; {@code
 * docs/batch.md} says what is written when.
 */
package dev.dragoman.batch;
