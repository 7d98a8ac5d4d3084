// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;

/**
 * Characters without anything to see: models invent a text for a line of them. Which these are
 * follows from Unicode's properties, so that it does not depend on what a model's own normalization
 * drops. Characters that are unassigned or for private use count as visible, as nobody knows.
 */
public final class InvisibleCharacters {

  private InvisibleCharacters() {}

  /** Says whether a text has no other characters; true for an empty one. */
  public static boolean areAllOf(String text) {
    return text.codePoints().allMatch(InvisibleCharacters::isInvisible);
  }

  /**
   * Returns a text without marks that are for its display alone, as soft hyphens, zero-width
   * spaces, word joiners, directions and variation selectors: Unicode's default-ignorable format
   * characters and variation selectors. Joiners stay, as Persian, Indic scripts and emoji are
   * spelled with them.
   */
  public static String dropMarks(String text) {
    if (text.codePoints().noneMatch(InvisibleCharacters::isMark)) {
      return text;
    }
    return text.codePoints()
        .filter(character -> !isMark(character))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isMark(int character) {
    return character >= 0xAD // the first of them
        && UCharacter.hasBinaryProperty(character, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        && (UCharacter.getType(character) == UCharacterCategory.FORMAT
            || UCharacter.hasBinaryProperty(character, UProperty.VARIATION_SELECTOR))
        && !UCharacter.hasBinaryProperty(character, UProperty.JOIN_CONTROL);
  }

  private static boolean isInvisible(int character) {
    if (' ' < character && character < 0x7F) {
      return false; // Most lines begin so, which spares a short job the loading of the tables.
    }
    return UCharacter.isUWhiteSpace(character)
        || UCharacter.hasBinaryProperty(character, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        || UCharacter.getType(character) == UCharacterCategory.CONTROL
        || isUndrawnFormat(character)
        || UCharacter.hasBinaryProperty(character, UProperty.NONCHARACTER_CODE_POINT)
        || isBlank(character);
  }

  /**
   * Says whether a character is a format character that is not drawn; those before the digits they
   * belong to are drawn.
   */
  private static boolean isUndrawnFormat(int character) {
    return UCharacter.getType(character) == UCharacterCategory.FORMAT
        && !UCharacter.hasBinaryProperty(character, UProperty.PREPENDED_CONCATENATION_MARK);
  }

  /**
   * Says whether a character is the symbol or one of the two letters that are drawn without ink. No
   * property tells of them, but their names, which never change: BRAILLE PATTERN BLANK and EGYPTIAN
   * HIEROGLYPH FULL and HALF BLANK are those that end so.
   */
  private static boolean isBlank(int character) {
    return character == 0x2800 || character == 0x13441 || character == 0x13442;
  }
}
