// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version and the commit that the build wrote into a resource. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {text() + ", Java " + Runtime.version()};
  }

  /** Returns the version alone. */
  public static String number() {
    return text().replaceAll("^dragoman | .*$", "");
  }

  /** Returns name, version and commit: {@code dragoman 0.1.0 (1a2b3c4)}. */
  public static String text() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties", e);
    }
    String commit = properties.getProperty("commit");
    String suffix = commit.isEmpty() || commit.contains("$") ? "" : " (" + commit + ")";
    return "dragoman " + properties.getProperty("version") + suffix;
  }
}
