using System.Collections.Concurrent;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Evidence;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>
/// Gathers the reports that jobs wrote, without their secrets, in the run's result folder, which <c>evidence add</c> takes: each
/// when its job ends, for what runs next may write over it.
/// </summary>
internal sealed class RunReports : IRunEvents
{
    private const int MostFiles = 200;

    /// <summary>The kernel gives files the time of its last tick, which may be that long ago (CONFIG_HZ=100).</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly string _results;
    private readonly SecretPatterns _secrets;
    private readonly bool _foreign;
    private readonly DateTimeOffset _since;
    private readonly FileDigests _digests;
    private readonly List<string> _missed = [];

    /// <summary>By place, of each combination of a matrix: the reports that were there when it began. Others' may be among them.</summary>
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<string, (FileStat Stat, Digest Digest)>> _before = [];

    /// <param name="foreign">Whether jobs name all that they keep, and of that only what is a report is taken.</param>
    public RunReports(string directory, string results, SecretPatterns secrets, bool foreign, TimeProvider time)
    {
        (_results, _secrets, _foreign, _since) = (results, secrets, foreign, time.GetUtcNow() - Tick);
        _digests = new(directory, "", new FileStats(), time);
    }

    /// <summary>What was not gathered, in words.</summary>
    public IReadOnlyList<string> Missed => _missed;

    public void Begun(PlannedJob job)
    {
        if (job.Axes.Count == 0 || Patterns(job) is not { Count: > 0 } patterns) return;
        try
        {
            _before[job.Index] = OutputFiles.Paths(patterns, _digests).Distinct().Select(path => (Path: path, Seen: _digests.Of(path))).Where(one => one.Seen is not null).ToDictionary(one => one.Path, one => one.Seen!.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArtifactRefusedException)
        {
            // said when it ends
        }
    }

    public void Started(PlannedJob job, int attempt, StartedProcess process) { }

    public void Ended(JobEnd end)
    {
        var patterns = Patterns(end.Job);
        if (patterns.Count == 0 || !(end.Outcome.Passes() || end.Outcome.IsFailure())) return;
        try
        {
            foreach (var file in OutputFiles.Find(patterns, _digests).Where(file => file.IsFile && (!_foreign || IsReport(file.Path))))
                // what was brought back is of the time when it was made; what else lies there is another combination's, or of another time
                if (end.Outcome == JobOutcome.Cached ? end.Brought?.Contains(file.Path) != false : !IsOlder(file.Path) && !IsAnothers(end.Job, file.Path)) Take(end.Job, file.Path);
                else if (end.Outcome != JobOutcome.Cached && IsOlder(file.Path)) _missed.Add($"{file.Path} was there before {end.Job.Id} ran, and is no result of it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArtifactRefusedException)
        {
            _missed.Add($"reports of {end.Job.Id} cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Whether a file is a report that a job names and that was there before it ran: it is no result of it, now or when it is known again.</summary>
    public bool IsOfAnotherTime(PlannedJob job, string path) =>
        (IsOlder(path) || IsAnothers(job, path)) && Patterns(job).Any(pattern => PathGlob.Parse(pattern).Matches(path)) && (!_foreign || IsReport(path));

    /// <returns>What a run's result folder holds; nothing where there is none.</returns>
    public static IReadOnlyList<ReportSummary> Of(string results)
    {
        if (!Directory.Exists(results)) return [];
        return [.. Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles).Select(file => Read(file, results))];
    }

    /// <summary>Brings a report to its place, whole and without secrets.</summary>
    public static void Take(string report, string target, SecretPatterns secrets)
    {
        using var from = new FileStream(report, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        AtomicFile.Write(target, to =>
        {
            SecretMask.Copy(from, to, secrets);
            return true;
        });
    }

    private static List<string> Patterns(PlannedJob job) => [.. job.Job.Tests, .. job.Job.Coverage];

    /// <summary>Whether another combination of its matrix wrote a report, and this one has left it as it was.</summary>
    private bool IsAnothers(PlannedJob job, string path) =>
        _before.TryGetValue(job.Index, out var there) && there.TryGetValue(path, out var seen) && _digests.Of(path) is var now && now == seen;

    private bool IsOlder(string path) => File.GetLastWriteTimeUtc(Path.Combine(_digests.Root, path)) < _since.UtcDateTime;

    private bool IsReport(string path)
    {
        using var content = File.OpenRead(Path.Combine(_digests.Root, path));
        return new ReportEvidenceReader().Read(content, new(null, path, [], null, DateTimeOffset.UtcNow)).Reading is not null;
    }

    private void Take(PlannedJob job, string path) =>
        Take(Path.Combine(_digests.Root, path), Path.Combine(_results, RunFolders.NameOf(job), path), _secrets);

    private static ReportSummary Read(string file, string results)
    {
        var name = Path.GetRelativePath(results, file);
        if (name.EndsWith(".sigstore.json", StringComparison.Ordinal)) return new(name, "signed", name);
        using var content = File.OpenRead(file);
        var (reading, refusal) = new ReportEvidenceReader().Read(content, new(null, name, [], null, DateTimeOffset.UtcNow));
        return reading is not null ? new(name, reading.Kind.Word(), reading.Summary) : new(name, "unreadable", refusal?.Message ?? $"{name} is no report that is known here");
    }
}
