// SPDX-License-Identifier: Apache-2.0
/**
 * The command line begins here: {@code Main} reads it and calls one command. Commands lie in
 * packages by what they work on; {@code console}, {@code files} and {@code options} have what
 * several of them share.
 */
package dev.dragoman.cli;
