// SPDX-License-Identifier: Apache-2.0
/**
 * Text in, translations out: {@link dev.dragoman.Translator} and what it is told and gives. Lines
 * become sentences here, and hypotheses text.
 */
package dev.dragoman;
