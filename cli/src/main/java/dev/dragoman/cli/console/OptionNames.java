// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which option sets what a library's message names. Libraries know settings, not options: they
 * write {@code the setting precision=float32}, which here is {@code --precision float32}.
 */
public final class OptionNames {
  private static final Pattern SETTING =
      Pattern.compile("the setting ([a-z]+(?:-[a-z]+)*)(?:=([^\\s,;:]+))?");

  /** The settings whose options have another name. */
  private static final Map<String, String> OTHER_NAMES = Map.of("workers", "threads");

  private OptionNames() {}

  /** Returns the message with options in place of settings. */
  public static String in(String message) {
    return SETTING.matcher(message).replaceAll(OptionNames::option);
  }

  private static String option(MatchResult setting) {
    String value = setting.group(2);
    boolean flag = value == null || value.equals("true");
    String name = OTHER_NAMES.getOrDefault(setting.group(1), setting.group(1));
    String option = "--" + name + (flag ? "" : " " + value);
    return Matcher.quoteReplacement(option);
  }
}
