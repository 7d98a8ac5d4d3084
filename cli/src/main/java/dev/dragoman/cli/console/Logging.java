// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.Reporter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs go to standard error through Logback, warnings and worse by default. SLF4J is told of this
 * class by name, see {@link #install}: it would look for others in every jar, and Logback for
 * configuration files.
 */
public final class Logging implements SLF4JServiceProvider {
  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter diagnostics = new LogbackMDCAdapter();

  /** Takes effect if nothing has been logged yet. */
  public static void install() {
    System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, Logging.class.getName());
    System.setProperty(Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN"); // SLF4J's own messages
  }

  @Override
  public void initialize() {
    context.setMDCAdapter(diagnostics);
    Layout layout = new Layout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget(ConsoleTarget.SystemErr.getName());
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.start();
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return diagnostics;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99"; // any 2.0 is fine
  }

  /** Shows as much as was asked for. */
  public static void setVerbosity(Verbosity verbosity) {
    if (verbosity != Verbosity.NORMAL
        && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Level level = verbosity == Verbosity.VERBOSE ? Level.DEBUG : Level.ERROR;
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
    }
  }

  /** {@code dragoman: message}, with level and place for what only {@code --verbose} shows. */
  private static final class Layout extends LayoutBase<ILoggingEvent> {
    @Override
    public String doLayout(ILoggingEvent event) {
      String place = event.getLoggerName();
      String prefix =
          event.getLevel().isGreaterOrEqual(Level.WARN)
              ? "dragoman: "
              : event.getLevel().toString().toLowerCase(Locale.ROOT)
                  + " "
                  + place.substring(place.lastIndexOf('.') + 1)
                  + ": ";
      String trace =
          event.getThrowableProxy() != null && LoggerFactory.getLogger(place).isDebugEnabled()
              ? ThrowableProxyUtil.asString(event.getThrowableProxy())
              : "";
      return prefix + OptionNames.in(event.getFormattedMessage()) + System.lineSeparator() + trace;
    }
  }
}
