// SPDX-License-Identifier: Apache-2.0
/** Tells whether an input is text at all, and which of its lines are translated already. */
package dev.dragoman.lines;
