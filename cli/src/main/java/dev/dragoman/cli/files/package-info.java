// SPDX-License-Identifier: Apache-2.0
/**
 * Inputs and outputs of commands are text, read line by line, and files that appear when they are
 * complete.
 */
package dev.dragoman.cli.files;
