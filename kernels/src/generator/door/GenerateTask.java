// SPDX-License-Identifier: Apache-2.0
package door;

import java.io.File;
import java.io.IOException;

/**
 * The generator as a task of Ant, which the build runs in Maven's own process: Ant takes any class
 * with setters for the attributes and an {@code execute} method.
 */
public final class GenerateTask {
  private File headers;
  private File java;
  private File layout;

  /** Sets the folder of the headers and the list. */
  public void setHeaders(File folder) {
    headers = folder;
  }

  /** Sets Java's source root. */
  public void setJava(File folder) {
    java = folder;
  }

  /** Sets the folder of layout.cuh and layout.tsv. */
  public void setLayout(File folder) {
    layout = folder;
  }

  /** Generates the files. */
  public void execute() throws IOException {
    Generator.generate(headers.toPath(), java.toPath(), layout.toPath());
  }
}
