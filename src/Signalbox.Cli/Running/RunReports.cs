using Signalbox.Evidence;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>Gathers the reports that jobs wrote in the run's result folder, which <c>evidence add</c> takes, and reads them.</summary>
internal static class RunReports
{
    private const int MostFiles = 200;

    /// <param name="since">When the run began: what a job that failed left before is no result of this run.</param>
    public static void Collect(IReadOnlyList<JobEnd> ends, string directory, string results, DateTimeOffset since)
    {
        foreach (var end in ends.Where(end => end.Outcome.Passes() || end.Outcome.IsFailure()))
            Copy(end.Job, directory, results, end.Outcome.Passes() ? DateTimeOffset.MinValue : since);
    }

    /// <returns>What a run's result folder holds; nothing where there is none.</returns>
    public static IReadOnlyList<ReportSummary> Of(string results)
    {
        if (!Directory.Exists(results)) return [];
        return [.. Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles).Select(file => Read(file, results))];
    }

    private static void Copy(PlannedJob job, string directory, string results, DateTimeOffset since)
    {
        var patterns = job.Job.Tests.Concat(job.Job.Coverage).ToList();
        if (patterns.Count == 0) return;
        var digests = new FileDigests(directory, "", new FileStats(), TimeProvider.System);
        foreach (var file in Found(patterns, digests).Where(file => file.Link is null && File.GetLastWriteTimeUtc(Path.Combine(directory, file.Path)) >= since.UtcDateTime))
        {
            var target = Path.Combine(results, job.Job.Name, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(directory, file.Path), target, overwrite: true);
        }
    }

    /// <summary>What would be refused as an output is no report either; the job's own record says so.</summary>
    private static IReadOnlyList<OutputFile> Found(IReadOnlyList<string> patterns, FileDigests digests)
    {
        try
        {
            return OutputFiles.Find(patterns, digests);
        }
        catch (Delivery.Artifacts.ArtifactRefusedException)
        {
            return [];
        }
    }

    private static ReportSummary Read(string file, string results)
    {
        var name = Path.GetRelativePath(results, file);
        if (name.EndsWith(".sigstore.json", StringComparison.Ordinal)) return new(name, "signed", name);
        using var content = File.OpenRead(file);
        var (reading, refusal) = new ReportEvidenceReader().Read(content, new(null, name, [], null, DateTimeOffset.UtcNow));
        return reading is not null ? new(name, reading.Kind.Word(), reading.Summary) : new(name, "unreadable", refusal?.Message ?? $"{name} is no report that is known here");
    }
}
