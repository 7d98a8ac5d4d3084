// SPDX-License-Identifier: Apache-2.0
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Writes the tokens of each line of a text as the model's encoder gets them, for programs that are
 * compared with ours: {@code java -cp ... Tokenize.java MODEL TEXT}.
 */
final class Tokenize {
  private Tokenize() {}

  public static void main(String[] arguments) throws IOException {
    Model model = Models.open(Path.of(arguments[0]));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      out.println(
          Arrays.stream(model.tokenizer().encode(line))
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(" ")));
    }
    out.flush();
  }
}
