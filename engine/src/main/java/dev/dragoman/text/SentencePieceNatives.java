// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import dev.dragoman.natives.NativeFolders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Loads SentencePiece's library, which lies in the jar of its Java binding, once for the process.
 * The binding's own loader is not used: it first looks for CUDA, which takes as long as all of the
 * reading at a start, and it reports its use over the network.
 */
final class SentencePieceNatives {
  private static final String NAME = System.mapLibraryName("sentencepiece_native");

  private static boolean isLoaded;

  private SentencePieceNatives() {}

  /**
   * Loads it unless it has been.
   *
   * @throws dev.dragoman.natives.UnpackException if there is no folder for it
   */
  static synchronized void load() {
    if (!isLoaded) {
      NativeFolders.load(SentencePieceNatives::unpacked);
      isLoaded = true;
    }
  }

  private static String unpacked() {
    try {
      URL library = resource("/native/lib/" + platform() + "/" + NAME);
      Path version = Path.of("sentencepiece", version());
      String path = NativeFolders.prepared().keep(library, version.resolve(NAME)).toString();
      System.load(path);
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = resource("/native/lib/sentencepiece.properties").openStream()) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static URL resource(String name) {
    URL resource = SentencePieceLibrary.class.getResource(name);
    if (resource == null) {
      throw new UnsatisfiedLinkError("SentencePiece's jar has no " + name);
    }
    return resource;
  }

  private static String platform() {
    String architecture = System.getProperty("os.arch");
    return "linux-" + (architecture.equals("amd64") ? "x86_64" : architecture);
  }
}
