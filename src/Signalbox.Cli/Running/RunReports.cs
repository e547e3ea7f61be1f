using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Gathers the reports that jobs wrote in the run's result folder, which <c>evidence add</c> takes, and reads them.</summary>
internal static class RunReports
{
    private const int MostFiles = 200;

    public static IReadOnlyList<ReportSummary> Collect(RunPlan plan, string directory, string results)
    {
        foreach (var job in plan.Jobs) Copy(job, directory, results);
        if (!Directory.Exists(results)) return [];
        return [.. Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles).Select(file => Read(file, results))];
    }

    private static void Copy(PlannedJob job, string directory, string results)
    {
        var patterns = job.Job.Tests.Concat(job.Job.Coverage).ToList();
        if (patterns.Count == 0) return;
        var digests = new Pipelines.Local.Caching.FileDigests(directory, "", new FileStats(), TimeProvider.System);
        foreach (var file in Pipelines.Local.Caching.OutputFiles.Find(patterns, digests).Where(file => file.Link is null))
        {
            var target = Path.Combine(results, job.Job.Name, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(directory, file.Path), target, overwrite: true);
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
