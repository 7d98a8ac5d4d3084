// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.Translation;
import dev.dragoman.lines.TranslationStore;
import dev.dragoman.natives.NativeFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * A translation memory in an SQLite file, for several jobs at a time. A translation is found again
 * if its model, its options and its device are the same.
 */
public final class TranslationMemory implements TranslationStore, AutoCloseable {
  private static final int WAITING = 1_000;
  private static final long WAITING_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path file;
  private final Connection reading;
  private final Connection writing;
  private final PreparedStatement select;
  private final PreparedStatement insert;
  private final long settings;
  private final List<Entry> waiting = new ArrayList<>();
  private long written = System.nanoTime();

  private record Entry(String text, Translation translation) {}

  private TranslationMemory(Path file, Connection reading, Connection writing, String settings)
      throws SQLException {
    this.file = file;
    this.reading = reading;
    this.writing = writing;
    create(writing);
    this.settings = settings(settings);
    this.select =
        reading.prepareStatement(
            "SELECT target, score, source_tokens, target_tokens, note FROM translations"
                + " WHERE settings = ? AND source = ?");
    this.insert =
        writing.prepareStatement("INSERT OR IGNORE INTO translations VALUES (?, ?, ?, ?, ?, ?, ?)");
  }

  /**
   * Opens a memory, a new one if there is none.
   *
   * @param settings all that a translation depends on
   * @throws IOException if the file is not such a memory
   */
  public static TranslationMemory open(Path file, Map<String, String> settings) throws IOException {
    try {
      return open(file, Json.text(new TreeMap<>(settings)));
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  private static TranslationMemory open(Path file, String settings) throws SQLException {
    List<Connection> connections = new ArrayList<>();
    try {
      connections.add(connect(file));
      connections.add(connect(file));
      return new TranslationMemory(file, connections.get(0), connections.get(1), settings);
    } catch (SQLException | RuntimeException e) {
      connections.forEach(connection -> closeAfter(e, connection));
      throw e;
    }
  }

  private static void closeAfter(Exception problem, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      problem.addSuppressed(e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.NORMAL);
    config.setBusyTimeout((int) PATIENCE.toMillis());
    return NativeFolders.load(
        () -> config.createConnection("jdbc:sqlite:" + file.toAbsolutePath()));
  }

  private static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS settings (id INTEGER PRIMARY KEY, description TEXT UNIQUE)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS translations (settings INTEGER, source TEXT, target TEXT,"
              + " score REAL, source_tokens INTEGER, target_tokens INTEGER, note TEXT,"
              + " PRIMARY KEY (settings, source)) WITHOUT ROWID");
    }
  }

  private long settings(String description) throws SQLException {
    try (PreparedStatement add =
            writing.prepareStatement("INSERT OR IGNORE INTO settings (description) VALUES (?)");
        PreparedStatement find =
            writing.prepareStatement("SELECT id FROM settings WHERE description = ?")) {
      add.setString(1, description);
      add.execute();
      find.setString(1, description);
      try (ResultSet found = find.executeQuery()) {
        found.next();
        return found.getLong(1);
      }
    }
  }

  @Override
  public Optional<Translation> find(String text) {
    try {
      select.setLong(1, settings);
      select.setString(2, text);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? Optional.of(translation(found)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw new UncheckedIOException(failure(file, e));
    }
  }

  private static Translation translation(ResultSet row) throws SQLException {
    Translation.Hypothesis best =
        new Translation.Hypothesis(row.getString(1), row.getDouble(2), List.of());
    return new Translation(
        List.of(best),
        Optional.empty(),
        Optional.ofNullable(row.getString(5)),
        row.getInt(3),
        row.getInt(4));
  }

  @Override
  public void add(String text, Translation translation) {
    waiting.add(new Entry(text, translation));
    if (waiting.size() >= WAITING || System.nanoTime() - written > WAITING_NANOS) {
      try {
        write();
      } catch (SQLException e) {
        throw new UncheckedIOException(failure(file, e));
      }
    }
  }

  /** Writes what waits in one short transaction, so that other jobs can write, too. */
  private void write() throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      try {
        for (Entry entry : waiting) {
          insert(entry);
        }
        statement.execute("COMMIT");
      } catch (SQLException e) {
        rollBackAfter(e, statement);
        throw e;
      }
    }
    waiting.clear();
    written = System.nanoTime();
  }

  private void insert(Entry entry) throws SQLException {
    Translation.Hypothesis best = entry.translation().hypotheses().get(0);
    insert.setLong(1, settings);
    insert.setString(2, entry.text());
    insert.setString(3, best.text());
    insert.setDouble(4, best.score());
    insert.setInt(5, entry.translation().sourceTokens());
    insert.setInt(6, entry.translation().targetTokens());
    insert.setString(7, entry.translation().note().orElse(null));
    insert.executeUpdate();
  }

  /** Ends a transaction that would keep other jobs from writing. */
  private static void rollBackAfter(SQLException problem, Statement statement) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      problem.addSuppressed(e);
    }
  }

  private static BatchException failure(Path file, SQLException e) {
    return new BatchException(file + ": cannot be used as a translation memory", e);
  }

  @Override
  public void close() throws IOException {
    try (reading;
        writing) {
      write();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }
}
