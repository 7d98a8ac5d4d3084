// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code batch} and {@code batch merge} run the jobs of {@code dev.dragoman.batch}
 * before the eyes of a user: they read options, show how far a job is, and say how it ended.
 */
package dev.dragoman.cli.batch;
