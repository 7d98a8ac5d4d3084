// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** The way to a field: names of members, one inside the other. */
final class JsonPath {
  /** Reads UTF-8 alone: by its own rule the library takes zero bytes for UTF-16, line by line. */
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();

  private final String text;
  private final List<String> names;

  private JsonPath(String text, List<String> names) {
    this.text = text;
    this.names = names;
  }

  /** Reads a path: {@code a.b} is the member b of the member a. */
  static JsonPath parse(String text) {
    return new JsonPath(text, Pattern.compile("\\.").splitAsStream(text).toList());
  }

  /** A record without the field. */
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1;

    MissingException(String message) {
      super(message);
    }
  }

  /**
   * What bytes are replaced, and what stands around the new value.
   *
   * @param from the first byte
   * @param to the byte after the last
   */
  record Splice(int from, int to, String before, String after) {}

  /**
   * The place that the path leads to in one object.
   *
   * @param depth names of the path that are there
   * @param from first byte of the value if all are there, else where a member can be added to the
   *     object that is there
   * @param to byte after the value, or the same as from
   * @param value the string, null if it is something else
   * @param first whether an added member would be the only one
   */
  record Place(int depth, int from, int to, String value, boolean first) {

    String requireText(JsonPath path) throws MissingException {
      if (depth < path.names.size()) {
        throw new MissingException("has no field " + path.text);
      }
      if (value == null) {
        throw new MissingException("its field " + path.text + " is not a string");
      }
      return value;
    }

    /** Returns how a string gets to this place; members that are missing are added. */
    Splice splice(JsonPath path) {
      if (depth == path.names.size()) {
        return new Splice(from, to, "", "");
      }
      StringBuilder before = new StringBuilder(first ? "" : ",");
      for (int i = depth; i < path.names.size(); i++) {
        String name = new String(JsonStringEncoder.getInstance().quoteAsString(path.names.get(i)));
        before.append(i > depth ? "{\"" : "\"").append(name).append("\":");
      }
      return new Splice(from, to, before.toString(), "}".repeat(path.names.size() - 1 - depth));
    }
  }

  /**
   * Follows the path through one object; of members with the same name the last counts.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException if that is not one JSON object
   * @throws MissingException if the path goes through something that is not an object
   */
  Place find(byte[] bytes, int start, int end) throws IOException, MissingException {
    try (JsonParser parser = FACTORY.createParser(bytes, start, end - start)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(parser, "not an object");
      }
      Place place = inObject(parser, start, 0);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more than one value");
      }
      return place;
    }
  }

  private Place inObject(JsonParser parser, int start, int depth)
      throws IOException, MissingException {
    Place found = null;
    int lastEnd = end(parser, start);
    boolean empty = true;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      boolean onPath = parser.currentName().equals(names.get(depth));
      JsonToken token = parser.nextToken();
      int from = start + (int) parser.currentTokenLocation().getByteOffset();
      if (onPath && depth + 1 < names.size()) {
        if (token != JsonToken.START_OBJECT) {
          throw new MissingException(
              "its field " + String.join(".", names.subList(0, depth + 1)) + " is not an object");
        }
        found = inObject(parser, start, depth + 1);
      } else {
        String value = onPath && token == JsonToken.VALUE_STRING ? parser.getText() : null;
        parser.skipChildren();
        parser.finishToken();
        if (onPath) {
          found = new Place(names.size(), from, end(parser, start), value, false);
        }
      }
      lastEnd = end(parser, start);
      empty = false;
    }
    return found != null ? found : new Place(depth, lastEnd, lastEnd, null, empty);
  }

  private static int end(JsonParser parser, int start) {
    return start + (int) parser.currentLocation().getByteOffset();
  }
}
