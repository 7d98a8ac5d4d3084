// SPDX-License-Identifier: Apache-2.0
/**
 * Beam search as the host sees it: its options, the rules that the device follows in each step, and
 * the order of the hypotheses that it leaves.
 */
package dev.dragoman.search;
