using System.Collections;
using Signalbox.Delivery;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>What a run is of, whoever wrote it down: a signalbox.yaml, or another platform's pipeline.</summary>
/// <param name="File">As messages call it.</param>
/// <param name="Directory">Where its jobs run; absolute.</param>
/// <param name="Application">Whose pipeline it is; null where it is another platform's.</param>
internal sealed record RunSource(string File, string Directory, Application? Application, IReadOnlyList<PipelineJob> Jobs);

/// <param name="Jobs">Names; empty for all that are not manual.</param>
/// <param name="Slots">How many jobs may run at once.</param>
/// <param name="Cache">The directory of kept results; null for none.</param>
internal sealed record RunOptions(IReadOnlyList<string> Jobs, int Slots, bool KeepGoing, bool Resume, string? Cache, bool Verbose);

/// <summary>Where results are kept between runs, and what jobs read.</summary>
internal static class RunSetup
{
    /// <summary>The user's cache directory (XDG base directories), apart for each project: what is made often has its path in it.</summary>
    public static string CacheOf(string directory)
    {
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } chosen && Path.IsPathRooted(chosen)
            ? chosen : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "signalbox", Digest.Of(System.Text.Encoding.UTF8.GetBytes(directory)).Short);
    }

    public static Dictionary<string, string> Host() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    /// <summary>Every file that Git does not ignore; outside a work tree every file.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(string directory, CancellationToken cancel)
    {
        if (await GitProgram.RunAsync(directory, ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."], cancel).ConfigureAwait(false) is { Code: 0, Output: var listed })
            return [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries)];
        var files = new List<string>();
        var open = new Stack<string>([""]);
        while (open.TryPop(out var below))
            foreach (var info in new DirectoryInfo(Path.Combine(directory, below)).EnumerateFileSystemInfos())
            {
                var path = below.Length == 0 ? info.Name : $"{below}/{info.Name}";
                if (path is ".git" or ".signalbox") continue;
                if (info is DirectoryInfo && info.LinkTarget is null) open.Push(path);
                else files.Add(path);
            }
        return files;
    }

    public static async Task<string?> BranchAsync(string directory, CancellationToken cancel) =>
        await GitProgram.RunAsync(directory, ["symbolic-ref", "--quiet", "--short", "HEAD"], cancel).ConfigureAwait(false) is { Code: 0, Output: var name } ? name.Trim() : null;

    public static JobResults Results(RunSource source, IReadOnlyList<string> files, FileDigests digests, RunOptions options, IReadOnlyDictionary<string, JobRecord> resumed, IReadOnlyDictionary<string, string> host, Func<PlannedJob, string> logOf)
    {
        var made = source.Jobs.SelectMany(job => job.Outputs ?? []).Distinct().Select(PathGlob.Parse).ToList();
        var programs = new ProgramFacts(source.Directory, host);
        var store = options.Cache is { } cache ? new ResultStore(cache, new FileStats()) : null;
        return new(new(digests, files, made), digests, store, resumed, job => [.. JobEnvironment.Facts(job, host), .. programs.Of(job.Job)], logOf, TimeProvider.System);
    }
}
