// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.icu.lang.UCharacter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The JDK's tables of Unicode are the second source. */
final class InvisibleCharactersTest {
  /** The characters that PropList.txt calls Prepended_Concatenation_Mark. */
  private static final Set<Integer> DRAWN_FORMATS =
      Set.of(
          0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD,
          0x110CD);

  /** Letters and symbols that DerivedCoreProperties.txt has as default-ignorable. */
  private static final Set<String> FILLERS = Set.of("115f", "1160", "3164", "ffa0");

  @Test
  void blanksControlsAndFormatsAreInvisible() {
    IntPredicate blank = c -> Character.isWhitespace(c) || Character.isSpaceChar(c);
    IntPredicate control = c -> Character.getType(c) == Character.CONTROL;
    IntPredicate format = c -> Character.getType(c) == Character.FORMAT;
    IntPredicate visible = c -> !isInvisible(c) && !DRAWN_FORMATS.contains(c);

    assertEquals(Set.of(), codePoints(visible.and(blank.or(control).or(format))));
    for (int drawn : DRAWN_FORMATS) {
      assertFalse(isInvisible(drawn), Integer.toHexString(drawn));
    }
  }

  @Test
  void variationSelectorsAndReservedIgnorablesAreInvisible() {
    for (int c : new int[] {0x34F, 0x17B4, 0x180B, 0xFE00, 0xFE0F, 0xE0001, 0xE0100, 0xE0FFF}) {
      assertTrue(isInvisible(c), Integer.toHexString(c));
    }
    assertTrue(isInvisible(0x2065) && isInvisible(0xFFF0), "unassigned, but ignorable");
    assertTrue(isInvisible(0xFFFF) && isInvisible(0x10FFFE), "no characters");
  }

  @Test
  void lettersNumbersPunctuationAndSymbolsAreVisibleButForFillersAndBlanks() {
    Set<String> blanks = codePoints(c -> String.valueOf(UCharacter.getName(c)).endsWith(" BLANK"));
    Set<String> expected = new TreeSet<>(FILLERS);
    expected.addAll(blanks);

    // Some blanks are newer than the JDK's tables.
    Set<String> found =
        codePoints(c -> isInvisible(c) && (isDrawn(c) || blanks.contains(Integer.toHexString(c))));

    assertEquals(expected, found);
  }

  @Test
  void whatNobodyKnowsIsVisible() {
    assertFalse(isInvisible(0x378), "unassigned");
    assertFalse(isInvisible(0xE000), "for private use");
    assertFalse(isInvisible(0xFFFD), "the replacement character");
  }

  @Test
  void oneVisibleCharacterIsEnough() {
    assertTrue(InvisibleCharacters.areAllOf(""));
    assertTrue(InvisibleCharacters.areAllOf(" \u0000\u2800\u3164\u200B\uDB40\uDC01"));
    assertFalse(InvisibleCharacters.areAllOf("\u200B\u200B.\u200B"));
    assertFalse(InvisibleCharacters.areAllOf("\u0301"), "an accent alone is drawn");
  }

  @Test
  void marksOfDisplayAreDroppedAndNothingElse() {
    // Blocks of variation selectors, and characters that are drawn where they are not understood.
    IntPredicate selector = in(0xFE00, 0xFE0F).or(in(0xE0100, 0xE01EF)).or(in(0x180B, 0x180D));
    IntPredicate fallback = in(0xFFF9, 0xFFFB).or(in(0x13430, 0x1343F)).or(DRAWN_FORMATS::contains);
    IntPredicate format = fallback.negate().and(c -> Character.getType(c) == Character.FORMAT);
    Set<String> expected = codePoints(selector.or(format));
    expected.removeAll(Set.of("200c", "200d")); // the joiners
    expected.add("180f"); // a Mongolian selector that is newer than Java 17's tables

    assertEquals(
        expected, codePoints(c -> InvisibleCharacters.dropMarks(Character.toString(c)).isEmpty()));
    assertEquals(
        "femme \u0645\u06cc\u200c \u0915\u094d\u200d \ud83d\udc68\u200d\ud83d\udc69",
        InvisibleCharacters.dropMarks(
            "\ufefffem\u00adm\u200be\u2060 \u0645\u06cc\u200c \u0915\u094d\u200d"
                + " \ud83d\udc68\ufe0f\u200d\ud83d\udc69"));
  }

  private static IntPredicate in(int first, int last) {
    return c -> first <= c && c <= last;
  }

  private static boolean isDrawn(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || List.of(
                Character.LETTER_NUMBER,
                Character.OTHER_NUMBER,
                Character.CONNECTOR_PUNCTUATION,
                Character.DASH_PUNCTUATION,
                Character.START_PUNCTUATION,
                Character.END_PUNCTUATION,
                Character.INITIAL_QUOTE_PUNCTUATION,
                Character.FINAL_QUOTE_PUNCTUATION,
                Character.OTHER_PUNCTUATION,
                Character.MATH_SYMBOL,
                Character.CURRENCY_SYMBOL,
                Character.MODIFIER_SYMBOL,
                Character.OTHER_SYMBOL)
            .contains((byte) type);
  }

  private static boolean isInvisible(int codePoint) {
    return InvisibleCharacters.areAllOf(Character.toString(codePoint));
  }

  private static Set<String> codePoints(IntPredicate which) {
    return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .filter(c -> Character.getType(c) != Character.SURROGATE)
        .filter(which)
        .mapToObj(Integer::toHexString)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
