using System.CommandLine;
using Microsoft.Extensions.Logging;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Verbs;

/// <summary>What <c>host</c> and <c>serve</c> share: in the foreground for a service manager, or as the daemon that <c>up</c> starts.</summary>
internal static class DaemonVerb
{
    /// <summary>Known to the parser; what it means has happened before (<see cref="Daemonize"/>).</summary>
    public static Option<bool> Daemon() => new(Daemonize.Option)
    {
        Description = "run in a session of its own and log to the state directory",
        Hidden = true,
    };

    /// <summary>One line a message on standard error, where a service manager or the daemon's log takes it.</summary>
    public static ILoggerFactory Loggers() => new LineLoggerFactory();

    private sealed class LineLoggerFactory : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) { }

        public void Dispose() { }
    }

    private sealed class LineLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        // the web server's own informations are not news
        public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning || (level == LogLevel.Information && category.StartsWith("Signalbox", StringComparison.Ordinal));

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(level)) Write(Console.Error, Line(DateTimeOffset.UtcNow, level.ToString(), formatter(state, exception), exception));
        }
    }

    /// <summary>A full disk takes no log line; whoever wrote it must go on all the same.</summary>
    public static void Write(TextWriter to, string line)
    {
        try
        {
            to.WriteLine(line);
        }
        catch (IOException)
        {
            // there is nowhere left to say it
        }
    }

    public static string Line(DateTimeOffset at, string level, string text, Exception? exception = null) =>
        $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {level.ToLowerInvariant()} {text}{(exception is null ? "" : " " + exception)}";
}
