using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>
/// The logs of a state directory: of instances that run and of those that were stopped, whether or not a host runs.
/// An instance's id begins with its service and revision, so the files alone tell whose they are.
/// </summary>
/// <param name="root"><see cref="SupervisionPaths.Logs"/>.</param>
internal sealed class InstanceLogs(string root)
{
    private const int MostBytes = 1024 * 1024;
    private const string Ending = ".log";

    public string FileOf(string track, string service, string id) => Path.Combine(DirectoryOf(track, service), id + Ending);

    /// <summary>The tracks that any log is of, as <c>APPLICATION/ENVIRONMENT</c>.</summary>
    public IReadOnlyList<string> Tracks => [.. Below(root).SelectMany(Below).Select(d => $"{Name(d.Parent!)}/{Name(d)}").Order(StringComparer.Ordinal)];

    /// <summary>Whose logs of a track there are.</summary>
    public IReadOnlyList<(string Service, string Revision)> Kept(string track) => [.. Logs(track, null, null).Select(log => (log.Service, log.Revision)).Distinct()];

    /// <summary>The newest lines, oldest first.</summary>
    /// <param name="service">Null: of all.</param>
    /// <param name="revision">Null: of all.</param>
    /// <param name="lines">At most so many in all.</param>
    public IReadOnlyList<InstanceLogLine> Read(string track, string? service, string? revision, int lines)
    {
        var newest = new List<InstanceLogLine>();
        foreach (var log in Logs(track, service, revision).OrderByDescending(l => l.File.LastWriteTimeUtc))
        {
            // it was last written to before the oldest of what is there already: neither it nor any after it has a newer line
            if (newest.Count == lines && log.File.LastWriteTimeUtc < newest[0].At.UtcDateTime) break;
            newest = [.. newest.Concat(Lines(log, lines)).OrderBy(l => l.At).TakeLast(lines)];
        }
        return newest;
    }

    /// <summary>Deletes what is of stopped instances and either not of the newest of a service or too old.</summary>
    /// <param name="keep">Logs of stopped instances that stay for each service.</param>
    /// <param name="oldest">What was not written to since goes in any case.</param>
    public void Prune(int keep, DateTime oldest, IReadOnlyCollection<string> living)
    {
        foreach (var service in Below(root).SelectMany(Below).SelectMany(Below))
        {
            var stopped = service.GetFiles("*" + Ending).Where(f => !living.Contains(Id(f))).OrderByDescending(f => f.LastWriteTimeUtc);
            foreach (var log in stopped.Where((f, rank) => rank >= keep || f.LastWriteTimeUtc < oldest).ToList())
                foreach (var file in service.GetFiles(log.Name + "*")) file.Delete();
        }
    }

    private string DirectoryOf(string track, string service) =>
        Path.Combine([root, .. track.Split('/').Select(SupervisionPaths.Segment), SupervisionPaths.Segment(service)]);

    private IEnumerable<(FileInfo File, string Service, string Revision)> Logs(string track, string? service, string? revision)
    {
        var directory = new DirectoryInfo(Path.Combine([root, .. track.Split('/').Select(SupervisionPaths.Segment)]));
        foreach (var of in Below(directory.FullName).Where(d => service is null || Name(d) == service))
            foreach (var file in of.GetFiles("*" + Ending))
                if (RevisionIn(of.Name, Id(file)) is var found && (revision is null || found == revision)) yield return (file, Name(of), found);
    }

    private static IEnumerable<InstanceLogLine> Lines((FileInfo File, string Service, string Revision) log, int lines) => LogReader
        .Tail(log.File.FullName, lines, MostBytes)
        .Select(e => new InstanceLogLine(e.At, log.Service, log.Revision, Id(log.File), e.Stream, e.Text));

    /// <summary>What stands between <c>SERVICE.</c> and <c>.ORDINAL.RANDOM</c>.</summary>
    private static string RevisionIn(string service, string id)
    {
        var ordinal = id.LastIndexOf('.', Math.Max(0, id.LastIndexOf('.') - 1));
        return ordinal > service.Length && id.StartsWith(service + ".", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(id[(service.Length + 1)..ordinal])
            : "";
    }

    private static IEnumerable<DirectoryInfo> Below(string directory) => Below(new DirectoryInfo(directory));

    private static IEnumerable<DirectoryInfo> Below(DirectoryInfo directory) => directory.Exists ? directory.GetDirectories() : [];

    private static string Name(DirectoryInfo directory) => Uri.UnescapeDataString(directory.Name);

    private static string Id(FileInfo log) => Path.GetFileNameWithoutExtension(log.Name);
}
