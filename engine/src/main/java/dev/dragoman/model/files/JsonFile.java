// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.JsonProblem;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object, and where it comes from: every refusal names the file and the field.
 *
 * @param file of the object, which a field that is missing should be in
 * @param root the object
 * @param elsewhere the files of fields that come from another one
 */
public record JsonFile(Path file, JsonNode root, Map<String, Path> elsewhere) {

  /** Makes an object whose fields all come from one file. */
  public JsonFile(Path file, JsonNode root) {
    this(file, root, Map.of());
  }

  /** Reads a file that must be there. */
  public static JsonFile read(Path file) {
    return parse(file, ModelFiles.bytes(file));
  }

  /** Reads a file that may be missing; then it is an empty object. */
  public static JsonFile readIfPresent(Path file) {
    return ModelFiles.isThere(file) ? read(file) : empty(file);
  }

  /** Reads a file in a model's folder that may be missing; then it is an empty object. */
  public static JsonFile readIfPresent(ModelFolder folder, String name) {
    Path file = folder.file(name);
    return folder.has(name) ? parse(file, folder.bytes(name)) : empty(file);
  }

  private static JsonFile empty(Path file) {
    return new JsonFile(file, JsonNodeFactory.instance.objectNode());
  }

  /** Parses the JSON that is found somewhere in {@code file}. */
  public static JsonFile parse(Path file, byte[] json) {
    JsonNode root = tree(file, json);
    if (!root.isObject()) {
      throw new ModelFormatException(file + ": not a JSON object");
    }
    return new JsonFile(file, root);
  }

  /** Parses a JSON array of texts. */
  public static List<String> texts(Path file, byte[] json) {
    JsonNode root = tree(file, json);
    if (!root.isArray()) {
      throw new ModelFormatException(file + ": not a JSON array");
    }
    List<String> texts = new ArrayList<>(root.size());
    for (JsonNode text : root) {
      if (!text.isTextual()) {
        throw new ModelFormatException(
            "%s: entry %d is %s, not text".formatted(file, texts.size(), quote(text)));
      }
      texts.add(text.textValue());
    }
    return texts;
  }

  private static JsonNode tree(Path file, byte[] json) {
    try {
      return JsonTree.of(json);
    } catch (JsonProcessingException e) {
      String place =
          Optional.ofNullable(e.getLocation())
              .map(at -> "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()))
              .orElse("");
      throw new ModelFormatException(
          "%s: %snot JSON: %s".formatted(file, place, OneLine.of(JsonProblem.plain(e))), e);
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  /** Returns whether the field is there and not null. */
  public boolean has(String field) {
    return root.hasNonNull(field);
  }

  /** Returns this object with the fields of another put over it. */
  public JsonFile overriddenBy(JsonFile other) {
    ObjectNode merged = root.deepCopy();
    merged.setAll((ObjectNode) other.root);
    Map<String, Path> places = new HashMap<>(elsewhere);
    for (Map.Entry<String, JsonNode> field : other.root.properties()) {
      places.put(field.getKey(), other.place(field.getKey()));
    }
    return new JsonFile(file, merged, Map.copyOf(places));
  }

  /** Returns a field that must be an integer from {@code least} to {@code most}. */
  public int integer(String field, int least, int most) {
    JsonNode value = required(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(field, "an integer from " + least + " to " + most);
    }
    return value.intValue();
  }

  /** Returns a field that must be a number from {@code least} to {@code most}. */
  public float number(String field, float least, float most) {
    float value = required(field).isNumber() ? root.get(field).floatValue() : Float.NaN;
    if (!(value >= least && value <= most)) {
      throw wrong(field, "a number from " + least + " to " + most);
    }
    return value;
  }

  /** Returns a field that is true or false; {@code otherwise} where it is missing. */
  public boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!root.get(field).isBoolean()) {
      throw wrong(field, "true or false");
    }
    return root.get(field).booleanValue();
  }

  /** Returns a field that is a text; empty where it is missing. */
  public Optional<String> text(String field) {
    if (!has(field)) {
      return Optional.empty();
    }
    if (!root.get(field).isTextual()) {
      throw wrong(field, "text");
    }
    return Optional.of(root.get(field).textValue());
  }

  /** Returns all fields, which must be integers. */
  public Map<String, Integer> integers() {
    Map<String, Integer> all = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!field.getValue().isIntegralNumber() || !field.getValue().canConvertToInt()) {
        throw wrong(field.getKey(), "an integer");
      }
      all.put(field.getKey(), field.getValue().intValue());
    }
    return all;
  }

  private JsonNode required(String field) {
    if (!has(field)) {
      throw new ModelFormatException(place(field) + ": " + field + " is missing");
    }
    return root.get(field);
  }

  /** Returns the file that a field is in, or should be. */
  private Path place(String field) {
    return elsewhere.getOrDefault(field, file);
  }

  /** Makes the refusal of a field's value. */
  public ModelFormatException wrong(String field, String wanted) {
    String what = "%s is %s, not %s".formatted(field, quote(root.get(field)), wanted);
    return new ModelFormatException(place(field) + ": " + OneLine.of(what));
  }

  private static String quote(JsonNode value) {
    String text = String.valueOf(value);
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
