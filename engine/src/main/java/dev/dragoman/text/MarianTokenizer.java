package dev.dragoman.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens as MarianMT models know them: SentencePiece's pieces, numbered by a vocabulary of their
 * own. A leading language tag such as {@code >>fra<<} is one token if the vocabulary has it.
 */
public final class MarianTokenizer implements Tokenizer {

  private static final Pattern LANGUAGE_TAG = Pattern.compile("^>>[^<>\\s]+<<");

  /**
   * A byte of a character that the model spells out, as SentencePiece's byte fallback writes it.
   */
  private static final Pattern BYTES = Pattern.compile("(?:<0x[0-9A-F]{2}>)+");

  /** Everything that some program takes for the end of a line. */
  private static final Pattern LINE_BREAKS = Pattern.compile("[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]");

  /** What SentencePiece writes for an unknown piece. */
  private static final String UNKNOWN_TEXT = " \u2047 ";

  private final SentencePiece source;
  private final Vocabulary sourceVocabulary;
  private final Vocabulary targetVocabulary;
  private final int end;
  private final int unknown;

  /** With the ids of {@code </s>} and {@code <unk>}, the same in both vocabularies. */
  public MarianTokenizer(
      SentencePiece source,
      Vocabulary sourceVocabulary,
      Vocabulary targetVocabulary,
      int end,
      int unknown) {
    this.source = source;
    this.sourceVocabulary = sourceVocabulary;
    this.targetVocabulary = targetVocabulary;
    this.end = end;
    this.unknown = unknown;
  }

  @Override
  public int[] encode(String text) {
    String tag = prefix(text);
    List<String> pieces = source.pieces(text.substring(tag.length()));
    if (pieces.isEmpty()) {
      return new int[0];
    }
    int first = tag.isEmpty() ? 0 : 1;
    int[] ids = new int[first + pieces.size() + 1];
    if (!tag.isEmpty()) {
      ids[0] = sourceVocabulary.id(tag, unknown);
    }
    for (int i = 0; i < pieces.size(); i++) {
      ids[first + i] = sourceVocabulary.id(pieces.get(i), unknown);
    }
    ids[ids.length - 1] = end;
    return ids;
  }

  @Override
  public String prefix(String text) {
    if (!text.startsWith(">>")) {
      return "";
    }
    Matcher tag = LANGUAGE_TAG.matcher(text);
    return tag.find() && sourceVocabulary.contains(tag.group()) ? tag.group() : "";
  }

  @Override
  public List<String> pieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(targetVocabulary::piece).toList();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Done here and not by the SentencePiece library, whose Java binding loses everything from the
   * first character beyond U+FFFF on.
   */
  @Override
  public String decode(int[] ids) {
    StringBuilder joined = new StringBuilder();
    for (int id : ids) {
      joined.append(id == unknown ? UNKNOWN_TEXT : targetVocabulary.piece(id));
    }
    String text = joined.toString();
    if (text.contains("<0x")) {
      text = BYTES.matcher(text).replaceAll(run -> Matcher.quoteReplacement(utf8(run.group())));
    }
    text = text.replace(SentencePiece.SPACE, " ");
    return LINE_BREAKS.matcher(text).replaceAll(" ").strip();
  }

  /** The text that a run of {@code <0xE2>} pieces spells. */
  private static String utf8(String run) {
    int width = "<0x00>".length();
    ByteBuffer bytes = ByteBuffer.allocate(run.length() / width);
    for (int i = 0; i < run.length(); i += width) {
      bytes.put((byte) Integer.parseInt(run, i + 3, i + 5, 16));
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }
}
