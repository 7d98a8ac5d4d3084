// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens as MarianMT models know them: SentencePiece's pieces, numbered by a vocabulary of their
 * own. A leading {@linkplain LanguageTags language tag} is one token if the vocabulary has it.
 */
public final class MarianTokenizer extends PieceTokenizer {

  /**
   * A byte of a character that the model spells out, as SentencePiece's byte fallback writes it.
   */
  private static final Pattern BYTES = Pattern.compile("(?:<0x[0-9A-F]{2}>)+");

  /** Everything that some program takes for the end of a line. */
  private static final Pattern LINE_BREAKS = Pattern.compile("[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]");

  /** What SentencePiece writes for an unknown piece. */
  private static final String UNKNOWN_TEXT = " \u2047 ";

  private final SentencePiece pieces;
  private final int unknown;
  private final AddedTokens added;

  /** Takes the ids of {@code </s>} and {@code <unk>}, the same in both vocabularies. */
  public MarianTokenizer(
      SentencePiece source, Vocabulary sourceVocabulary, Vocabulary target, int end, int unknown) {
    this(
        source,
        new SourceTokens(sourceVocabulary, List.of(), List.of(end), unknown),
        target,
        unknown);
  }

  /** Takes the id of {@code <unk>} in the target's vocabulary. */
  public MarianTokenizer(
      SentencePiece pieces, SourceTokens source, Vocabulary target, int unknown) {
    this(pieces, source, target, unknown, AddedTokens.NONE);
  }

  private MarianTokenizer(
      SentencePiece pieces,
      SourceTokens source,
      Vocabulary target,
      int unknown,
      AddedTokens added) {
    super(source, target);
    this.added = added;
    this.pieces = pieces;
    this.unknown = unknown;
  }

  /** Returns the same with tokens that are not cut; the vocabularies have them. */
  public MarianTokenizer withAdded(AddedTokens tokens) {
    return new MarianTokenizer(pieces, source, target, unknown, tokens);
  }

  /** Returns the tokens that are not cut. */
  public AddedTokens added() {
    return added;
  }

  /** Returns what cuts the source into pieces. */
  public SentencePiece sentencePiece() {
    return pieces;
  }

  @Override
  public int[] encode(String text) {
    String tag = prefix(text);
    List<String> cut = added.pieces(text.substring(tag.length()), pieces::pieces);
    if (cut.isEmpty() || tag.isEmpty()) {
      return source.ids(cut);
    }
    List<String> tagged = new ArrayList<>(List.of(LanguageTags.of(tag)));
    tagged.addAll(cut);
    return source.ids(tagged);
  }

  @Override
  public String prefix(String text) {
    return tags.prefix(text);
  }

  @Override
  public Optional<String> doubt(String text, int[] ids) {
    return tags.doubt(text, "taken as text");
  }

  @Override
  public Tokenizer ofPieces() {
    return new BlankTokenizer(source, target, Set.of());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Done here and not by the SentencePiece library, whose Java binding loses everything from the
   * first character beyond U+FFFF on.
   */
  @Override
  public String decode(int[] ids) {
    return added.text(
        Arrays.stream(ids).mapToObj(id -> id == unknown ? UNKNOWN_TEXT : target.piece(id)).toList(),
        MarianTokenizer::join);
  }

  private static String join(List<String> pieces) {
    String text = String.join("", pieces);
    if (text.contains("<0x")) {
      text = BYTES.matcher(text).replaceAll(run -> Matcher.quoteReplacement(utf8(run.group())));
    }
    return withoutLineBreaks(text.replace(SentencePiece.SPACE, " ")).strip();
  }

  static String withoutLineBreaks(String text) {
    return LINE_BREAKS.matcher(text).replaceAll(" ");
  }

  /** Returns the text that a run of {@code <0xE2>} pieces spells. */
  private static String utf8(String run) {
    int width = "<0x00>".length();
    ByteBuffer bytes = ByteBuffer.allocate(run.length() / width);
    for (int i = 0; i < run.length(); i += width) {
      bytes.put((byte) Integer.parseInt(run, i + 3, i + 5, 16));
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }
}
