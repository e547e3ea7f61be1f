using System.Globalization;

namespace Signalbox.Testing.App;

/// <summary>How the application behaves: <c>--name value</c> pairs, in any order.</summary>
internal sealed class AppOptions
{
    private readonly Dictionary<string, string> _values = [];

    public AppOptions(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"'{args[i]}' is not an option; expected --name value");
            var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[args[i][2..]] = hasValue ? args[++i] : "1";
        }
    }

    /// <summary>Sent as X-Version and in every body.</summary>
    public string Version => _values.GetValueOrDefault("version") ?? Environment.GetEnvironmentVariable("VERSION") ?? "1";

    /// <summary>Where to listen instead of PORT.</summary>
    public int Port => (int)Number("port", double.Parse(Environment.GetEnvironmentVariable("PORT") ?? "0", CultureInfo.InvariantCulture));

    public int Status => (int)Number("status", 200);

    public int HealthStatus => (int)Number("health-status", 200);

    /// <summary>Healthy only while this file exists.</summary>
    public string? HealthFile => _values.GetValueOrDefault("health-file");

    /// <summary>Health fails from this long after the start; 0: never.</summary>
    public double UnhealthyAfterMs => Number("unhealthy-after-ms", 0);

    /// <summary>Health fails only until this long after the start; 0: for ever.</summary>
    public double HealthyAgainAfterMs => Number("healthy-again-after-ms", 0);

    /// <summary>Share of requests answered 500.</summary>
    public double FailPercent => Number("fail-percent", 0);

    /// <summary>Share of requests never answered.</summary>
    public double HangPercent => Number("hang-percent", 0);

    public double LatencyMs => Number("latency-ms", 0);

    public double StartDelayMs => Number("start-delay-ms", 0);

    /// <summary>0: never.</summary>
    public double ExitAfterMs => Number("exit-after-ms", 0);

    public int ExitCode => (int)Number("exit-code", 0);

    /// <summary>An idle connection is closed after this, as Node does after 5 s.</summary>
    public double KeepAliveSeconds => Number("keepalive-seconds", 75);

    public bool IgnoreTerm => _values.ContainsKey("ignore-term");

    /// <summary>How long requests may go on after SIGTERM.</summary>
    public double DrainMs => Number("drain-ms", 10_000);

    private double Number(string name, double otherwise) =>
        _values.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
