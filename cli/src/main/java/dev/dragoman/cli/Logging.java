package dev.dragoman.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs go to standard error, warnings and worse by default. Logback finds this class as a service;
 * that starts faster than its configuration files.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
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
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Shows as much as was asked for. */
  static void setVerbosity(Verbosity verbosity) {
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
      return prefix + event.getFormattedMessage() + System.lineSeparator() + trace;
    }
  }
}
