// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.nio.file.Path;

/**
 * A file that was found.
 *
 * @param file where it is
 * @param relative its place below the output folder
 */
record InputFile(Path file, Path relative) {}
