// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.OneLine;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;

/**
 * A YAML mapping of texts and lists of texts, and where it comes from. Only the library's events
 * are used: no value becomes anything but text, so that the piece {@code no} stays a piece; and
 * anchors, aliases and tags, which nothing here needs, are refused.
 *
 * @param file for messages
 * @param texts values that are one text
 * @param lists values that are a list of texts
 */
public record YamlFile(Path file, Map<String, String> texts, Map<String, List<String>> lists) {

  private static final int MOST_DEPTH = 4;

  /**
   * Parses a mapping.
   *
   * @throws ModelFormatException if it is broken, or holds anything else
   */
  public static YamlFile parse(Path file, byte[] yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit((int) ModelFiles.LONGEST_TEXT);
    options.setNestingDepthLimit(MOST_DEPTH);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
      Iterable<Event> events = new Yaml(new SafeConstructor(options)).parse(new StringReader(text));
      return new Reader(file, events.iterator()).mapping();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file + ": not UTF-8", e);
    } catch (MarkedYAMLException e) {
      throw new ModelFormatException(
          "%s: line %d: not YAML: %s"
              .formatted(file, e.getProblemMark().getLine() + 1, OneLine.of(e.getProblem())),
          e);
    } catch (YAMLException | IllegalArgumentException e) {
      // A broken escape in quotes reaches us as what its number's parser throws.
      throw new ModelFormatException(file + ": not YAML: " + OneLine.of(e.getMessage()), e);
    }
  }

  /** Returns a text, if it is there and not empty. */
  public Optional<String> text(String name) {
    if (lists.containsKey(name)) {
      throw wrong(name, lists.get(name), "a single value");
    }
    return Optional.ofNullable(texts.get(name)).filter(text -> !text.isEmpty());
  }

  /** Returns a value that must be an integer from {@code least} to {@code most}. */
  public int integer(String name, int least, int most) {
    String text =
        text(name).orElseThrow(() -> new ModelFormatException(file + ": " + name + " is missing"));
    return parse(name, text, least, most);
  }

  /** Returns a list of texts: empty if it is missing, of one text if it is one. */
  public List<String> list(String name) {
    return lists.containsKey(name) ? lists.get(name) : text(name).map(List::of).orElse(List.of());
  }

  /** Returns a value that is true or false; false where it is missing. */
  public boolean flag(String name) {
    String text = text(name).orElse("false");
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong(name, text, "true or false");
    }
    return text.equals("true");
  }

  /** Reads a text in this file as an integer from {@code least} to {@code most}. */
  public int parse(String name, String text, int least, int most) {
    OptionalInt number = integer(text);
    if (number.isEmpty() || number.getAsInt() < least || number.getAsInt() > most) {
      throw wrong(name, text, "an integer from " + least + " to " + most);
    }
    return number.getAsInt();
  }

  private static OptionalInt integer(String text) {
    try {
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return OptionalInt.empty(); // the answer, not a problem
    }
  }

  /** Makes the refusal of a value. */
  public ModelFormatException wrong(String name, Object value, String wanted) {
    return new ModelFormatException(
        "%s: %s is %s, not %s"
            .formatted(
                file, OneLine.of(name), OneLine.of(String.valueOf(value)), OneLine.of(wanted)));
  }

  /** Takes the events one after another. */
  private record Reader(Path file, Iterator<Event> events) {

    YamlFile mapping() {
      Map<String, String> texts = new LinkedHashMap<>();
      Map<String, List<String>> lists = new LinkedHashMap<>();
      events.next(); // the stream's start
      if (!(events.next() instanceof DocumentStartEvent)) {
        return new YamlFile(file, texts, lists); // empty
      }
      Event first = next();
      if (!(first instanceof MappingStartEvent)) {
        throw wrong(first, "a mapping is wanted");
      }
      for (Event key = next(); !(key instanceof MappingEndEvent); key = next()) {
        String name = text(key);
        Event value = next();
        boolean twice =
            value instanceof SequenceStartEvent
                ? lists.put(name, list()) != null
                : texts.put(name, text(value)) != null;
        if (twice || (lists.containsKey(name) && texts.containsKey(name))) {
          throw wrong(key, name + " is there twice");
        }
      }
      events.next(); // the document's end
      if (!(events.next() instanceof StreamEndEvent)) {
        throw new ModelFormatException(file + ": more than one document");
      }
      return new YamlFile(file, texts, lists);
    }

    private List<String> list() {
      List<String> list = new ArrayList<>();
      for (Event entry = next(); !(entry instanceof SequenceEndEvent); entry = next()) {
        list.add(text(entry));
      }
      return list;
    }

    private String text(Event event) {
      if (!(event instanceof ScalarEvent scalar)) {
        throw wrong(event, "a text is wanted");
      }
      return scalar.getValue();
    }

    private Event next() {
      Event event = events.next();
      if (event instanceof AliasEvent
          || (event instanceof NodeEvent node && node.getAnchor() != null)) {
        throw wrong(event, "anchors and aliases are not supported");
      }
      String tag =
          event instanceof ScalarEvent scalar
              ? scalar.getTag()
              : event instanceof CollectionStartEvent start ? start.getTag() : null;
      if (tag != null) {
        throw wrong(event, "tags are not supported: " + tag);
      }
      return event;
    }

    private ModelFormatException wrong(Event event, String what) {
      return new ModelFormatException(
          "%s: line %d: %s".formatted(file, event.getStartMark().getLine() + 1, OneLine.of(what)));
    }
  }
}
