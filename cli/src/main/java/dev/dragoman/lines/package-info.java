// SPDX-License-Identifier: Apache-2.0
/** What lines share on the command line: what is text at all, and which lines are known already. */
package dev.dragoman.lines;
