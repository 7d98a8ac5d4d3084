// SPDX-License-Identifier: Apache-2.0
/**
 * The console is what a command talks to: standard streams, messages and how many of them are
 * wanted, exit codes, signals, and how a failure becomes one line.
 */
package dev.dragoman.cli.console;
