// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import dev.dragoman.device.DataType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickles of PyTorch's state dictionaries. A pickle is a program that may call anything;
 * here it can rebuild tensors and make dictionaries, and whatever else it names is refused by that
 * name before anything is called.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">the operations</a>
 */
final class TorchUnpickler extends Unpickler {

  /** The most operations: a state dictionary has some thirty for each tensor. */
  private static final int MOST_OPERATIONS = 1 << 20;

  /** The operations that data needs, of which none looks for a class. */
  private static final Set<Short> DATA =
      Set.of(
          Opcodes.PROTO,
          Opcodes.FRAME,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.BINFLOAT,
          Opcodes.SHORT_BINSTRING,
          Opcodes.SHORT_BINUNICODE,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.EMPTY_LIST,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.EMPTY_DICT,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.MEMOIZE,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.BINPERSID,
          Opcodes.REDUCE);

  private static final Map<String, IObjectConstructor> ALLOWED =
      Map.of(
          "collections.OrderedDict", TorchUnpickler::dictionary,
          "torch._utils._rebuild_tensor_v2", TorchUnpickler::tensor,
          "torch._utils._rebuild_parameter", arguments -> (TorchTensor) arguments[0],
          "torch.FloatStorage", new StorageType(Optional.of(DataType.F32)),
          "torch.HalfStorage", new StorageType(Optional.of(DataType.F16)),
          "torch.BFloat16Storage", new StorageType(Optional.of(DataType.BF16)),
          "torch.LongStorage", new StorageType(Optional.empty()));

  /** The name of a storage's class; storages themselves come as persistent ids. */
  private record StorageType(Optional<DataType> type) implements IObjectConstructor {
    @Override
    public Object construct(Object[] arguments) {
      throw new PickleException("a storage is called, not referred to");
    }
  }

  private int operations;

  /** Reads the next object of a stream that may hold several. */
  Object next(ByteArrayInputStream in) throws IOException {
    return load(in);
  }

  @Override
  protected Object dispatch(short code) throws IOException {
    if (++operations > MOST_OPERATIONS) {
      throw new PickleException("more than " + MOST_OPERATIONS + " operations");
    }
    if (DATA.contains(code)) {
      return super.dispatch(code);
    }
    switch (code) {
      case Opcodes.GLOBAL ->
          global(PickleUtils.readline(input) + "." + PickleUtils.readline(input));
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        global(stack.pop() + "." + name);
      }
      case Opcodes.INST ->
          throw refused(PickleUtils.readline(input) + "." + PickleUtils.readline(input));
      case Opcodes.BINUNICODE -> {
        refuseLongerThanInput();
        return super.dispatch(code);
      }
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        put(stack.pop(), value, stack.peek());
      }
      case Opcodes.SETITEMS -> putAll(stack.pop_all_since_marker(), stack.peek());
      case Opcodes.BUILD -> ignoreState();
      default ->
          throw new PickleException(
              "operation 0x%02x has no place in a state dictionary".formatted(code));
    }
    return NO_RETURN_VALUE;
  }

  /** Answers the pickle's question for a class or function, if it is one of ours. */
  private void global(String name) {
    IObjectConstructor constructor = ALLOWED.get(name);
    if (constructor == null) {
      throw refused(name);
    }
    stack.add(constructor);
  }

  private static PickleException refused(String name) {
    return new PickleException(
        "it asks for " + name + ", which is not a tensor or a dictionary; nothing was executed");
  }

  /** Keeps the library from taking the memory that a broken length asks for. */
  private void refuseLongerThanInput() throws IOException {
    input.mark(Integer.BYTES);
    int length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(input, Integer.BYTES));
    if (length < 0 || length > input.available()) {
      throw new PickleException("a text of " + Integer.toUnsignedString(length) + " bytes");
    }
    input.reset();
  }

  private static void putAll(List<Object> items, Object dictionary) {
    if (items.size() % 2 != 0) {
      throw new PickleException("a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      put(items.get(i), items.get(i + 1), dictionary);
    }
  }

  /** Keys are text or numbers: the hash of a list of lists of lists could take for ever. */
  @SuppressWarnings("unchecked")
  private static void put(Object key, Object value, Object dictionary) {
    if (!(key instanceof String || key instanceof Number) || !(dictionary instanceof Map)) {
      throw new PickleException("a dictionary whose keys are not names");
    }
    if (((Map<Object, Object>) dictionary).put(key, value) != null) {
      throw new PickleException(key + " is there twice");
    }
  }

  /** Ignores the modules' version numbers, which an ordered dictionary may carry. */
  private void ignoreState() {
    stack.pop();
    if (!(stack.peek() instanceof Map)) {
      throw new PickleException("state for something that is not a dictionary");
    }
  }

  private static Object dictionary(Object[] arguments) {
    if (arguments.length != 0) {
      throw new PickleException("an ordered dictionary that is made from something");
    }
    return new HashMap<Object, Object>();
  }

  /** Makes a tensor of (storage, offset, sizes, strides, requires_grad, backward_hooks, …). */
  private static Object tensor(Object[] arguments) {
    return new TorchTensor(
        (TorchTensor.Storage) arguments[0],
        number(arguments[1]),
        numbers(arguments[2]),
        numbers(arguments[3]));
  }

  private static List<Long> numbers(Object tuple) {
    return Arrays.stream((Object[]) tuple).map(TorchUnpickler::number).toList();
  }

  private static long number(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new PickleException("a size that is no number");
  }

  /**
   * Makes a storage of ("storage", class, key, device, count), with a view as the sixth in old
   * files.
   */
  @Override
  protected Object persistentLoad(Object id) {
    Object[] parts = id instanceof Object[] array ? array : new Object[0];
    if (parts.length < 5
        || !"storage".equals(parts[0])
        || !(parts[1] instanceof StorageType type)
        || !(parts[2] instanceof String key)) {
      throw new PickleException("a reference to something that is not a storage");
    }
    if (parts.length > 5 && parts[5] != null) {
      throw new PickleException("a storage that is a view of another");
    }
    long count = number(parts[4]);
    if (count < 0 || count > Long.MAX_VALUE / Long.BYTES) {
      throw new PickleException("a storage of " + count + " elements");
    }
    return new TorchTensor.Storage(type.type(), key, count);
  }

  /** Returns the named tensors of what a pickle holds; what else it names is passed over. */
  static Map<String, TorchTensor> tensors(Object root) {
    if (!(root instanceof Map<?, ?> dictionary)) {
      throw new PickleException("it holds no dictionary");
    }
    Map<String, TorchTensor> tensors = new HashMap<>();
    for (Map.Entry<?, ?> entry : new ArrayList<>(dictionary.entrySet())) {
      if (entry.getKey() instanceof String name && entry.getValue() instanceof TorchTensor tensor) {
        tensors.put(name, tensor);
      }
    }
    return tensors;
  }
}
