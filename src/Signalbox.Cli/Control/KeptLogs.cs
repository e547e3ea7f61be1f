using Signalbox.Api;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Control;

/// <summary>What instances wrote on a state directory on which nothing runs.</summary>
internal sealed class KeptLogs
{
    private readonly InstanceLogs _logs;

    private KeptLogs(string directory) => (Directory, _logs) = (directory, new(directory));

    public string Directory { get; }

    /// <returns>Null where there are none.</returns>
    public static KeptLogs? In(Installation state) => new KeptLogs(state.Join("logs")) is var kept && kept._logs.Tracks.Count > 0 ? kept : null;

    public IReadOnlyList<string> Tracks => _logs.Tracks;

    /// <summary>Whose logs of a track are kept.</summary>
    public IReadOnlyList<(string Service, string Release)> Of(string track) => _logs.Kept(track);

    public IEnumerable<LogLine> Read(string track, string? service, string? release, int lines) => _logs
        .Read(track, service, release, lines)
        .Select(line => new LogLine(line.At, line.Service, line.Revision, line.Instance, line.Stream, line.Text));
}
