// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.TokenRows;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.RandomModel;
import dev.dragoman.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Small models without language, for tests of everything around the model. */
public final class TestModels {
  private static final int END = 0;
  private static final int UNKNOWN = 1;
  private static final int START = 2;
  private static final int PAD = 3;
  private static final int FIRST_LETTER = 4;

  /** The longest source of the model of letters, its end token counted. */
  public static final int POSITIONS = 24;

  private TestModels() {}

  /** Returns one layer of random weights that translates letters into letters. */
  public static Model letters() {
    ModelConfig config = config(64, FIRST_LETTER + 26);
    return new Model(config, RandomModel.weights(config, Set.of(), 5), new Letters());
  }

  private static ModelConfig config(int width, int vocabulary) {
    return new ModelConfig(
        new Label("letters", "none"),
        new Sizes(
            width, new Stack(1, 2, 32), new Stack(1, 1, 32), POSITIONS, vocabulary, vocabulary),
        new Variant(Activation.RELU, NormPlacement.POST, 1),
        new SpecialTokens(START, END, PAD, UNKNOWN, List.of(UNKNOWN, START, PAD)));
  }

  /** Returns options for short outputs on the CPU. */
  public static TranslationOptions options() {
    return TranslationOptions.defaults().withDevice("cpu").withWorkers(1).withMaxLength(12);
  }

  /** Returns the processor in float32. */
  public static Device cpu() {
    return Devices.open("cpu", Optional.of(DataType.F32));
  }

  /** Returns the token of a letter from a to z. */
  public static int id(char letter) {
    return FIRST_LETTER + letter - 'a';
  }

  /** Says whether a letter is among the tokens of sources that are about to be encoded. */
  public static boolean holds(Device device, TokenRows tokens, char letter) {
    if (!(tokens instanceof TokenRows.Packed packed)) {
      return false;
    }
    int[] ids = new int[packed.ids().shape().size()];
    device.download(packed.ids(), ids);
    return Arrays.stream(ids).anyMatch(id -> id == id(letter));
  }

  /** Returns words of letters from a to z that are all different. */
  public static List<String> words(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Integer.toString(1000 + i * 37, 26))
        .map(digits -> digits.chars().map(c -> 'a' + Character.digit(c, 26)))
        .map(letters -> letters.mapToObj(Character::toString).collect(Collectors.joining()))
        .toList();
  }

  /** Each letter from a to z is a token; whatever else stands in a text is dropped. */
  private static final class Letters implements Tokenizer {
    @Override
    public int[] encode(String text) {
      IntStream ids = text.chars().filter(c -> 'a' <= c && c <= 'z').map(c -> id((char) c));
      int[] letters = ids.toArray();
      return letters.length == 0
          ? letters
          : IntStream.concat(Arrays.stream(letters), IntStream.of(END)).toArray();
    }

    @Override
    public Optional<String> doubt(String text, int[] ids) {
      return text.startsWith(">>") ? Optional.of("begins strangely") : Optional.empty();
    }

    @Override
    public List<String> pieces(int[] ids) {
      return Arrays.stream(ids)
          .mapToObj(id -> Character.toString('a' + id - FIRST_LETTER))
          .toList();
    }

    @Override
    public Span text(int[] ids) {
      return new Span(0, ids.length - 1);
    }

    @Override
    public String decode(int[] ids) {
      return String.join("", pieces(ids));
    }
  }
}
