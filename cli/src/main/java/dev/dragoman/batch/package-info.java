// SPDX-License-Identifier: Apache-2.0
/**
 * Batch jobs translate many files and go on after an interruption: this package has what there is
 * to translate, the journal from which a job goes on, and the outputs that appear when they are
 * complete. It knows nothing of commands and terminals; {@code docs/guide/batch.md} says what is
 * written when.
 */
package dev.dragoman.batch;
