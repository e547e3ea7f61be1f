using Signalbox.Api;
using Signalbox.Diagnostics;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Control;

/// <summary>What instances wrote on a state directory on which nothing runs.</summary>
internal sealed class KeptLogs
{
    private readonly InstanceLogs _logs;

    private KeptLogs(string directory) => (Directory, _logs) = (directory, new(directory));

    public string Directory { get; }

    /// <returns>Null where there are none.</returns>
    public static KeptLogs? Of(Installation state) => new KeptLogs(state.Join("logs")) is var kept && kept._logs.Tracks.Count > 0 ? kept : null;

    /// <summary>The only track that the names leave.</summary>
    /// <exception cref="SignalboxException">There is none, or there are several.</exception>
    public string Choose(string? application, string? environment)
    {
        var tracks = _logs.Tracks.Where(t => t.Split('/') is [var app, var env]
            && (application is null || app == application) && (environment is null || env == environment)).ToList();
        if (tracks.Count == 1) return tracks[0];
        var known = $"known: {string.Join(", ", _logs.Tracks)}";
        throw tracks.Count == 0
            ? new SignalboxException(ExitCode.No, Finding.Error("track-none", $"no logs of {application ?? "any application"}/{environment ?? "any environment"} are kept; {known}", new(Directory), "signalbox logs"))
            : new SignalboxException(ExitCode.Usage, Finding.Error(
                "track-ambiguous", $"{tracks.Count} environments match; {known}", new("command line"), $"--app {tracks[0].Split('/')[0]} --env {tracks[0].Split('/')[1]}"));
    }

    public IEnumerable<LogLine> Read(string track, string? service, string? release, int lines) => _logs
        .Read(track, service, release, lines)
        .Select(line => new LogLine(line.At, line.Service, line.Revision, line.Instance, line.Stream, line.Text));
}
