using System.Collections;
using Signalbox.Delivery;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>What a run is of, whoever wrote it down: a signalbox.yaml, or another platform's pipeline.</summary>
/// <param name="File">As messages call it.</param>
/// <param name="Directory">Where its jobs run; absolute.</param>
/// <param name="Application">Whose pipeline it is; null where it is another platform's.</param>
internal sealed record RunSource(string File, string Directory, Application? Application, IReadOnlyList<PipelineJob> Jobs)
{
    /// <summary>The signalbox.yaml that says how what was made goes out; null where that is not asked for.</summary>
    public string? Delivery { get; init; }

    /// <summary>Whether the jobs are another platform's: what they keep is looked through for reports.</summary>
    public bool Foreign { get; init; }

    /// <summary>By job: what of it is not done here.</summary>
    public IReadOnlyDictionary<string, string> Gaps { get; init; } = new Dictionary<string, string>();

    /// <summary>What was said before the run: what is left out, or is another here than there.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <param name="Jobs">Names; empty for all that are not manual.</param>
/// <param name="Slots">How many jobs may run at once.</param>
/// <param name="Cache">The directory of kept results; null for none.</param>
/// <param name="Shared">Whether somebody named that directory, and with it results of whatever directory names it, too.</param>
internal sealed record RunOptions(IReadOnlyList<string> Jobs, int Slots, bool KeepGoing, bool Resume, string? Cache, bool Shared, bool Verbose)
{
    /// <summary>Whether what was made goes out behind the run.</summary>
    public bool Deploys { get; init; }
}

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

    /// <summary>The digests of a directory's files; apart for each where one place is for several.</summary>
    public static string IndexOf(string directory, string cache) => Path.Combine(cache, $"index-{Digest.Of(System.Text.Encoding.UTF8.GetBytes(directory)).Short}");

    public static Dictionary<string, string> Host() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    /// <summary>What says which files Git ignores, and which of those it has all the same.</summary>
    private static readonly string[] s_deciding = [".git/info/exclude", ".git/index"];

    /// <summary>The files, and what else decides which they are.</summary>
    public static async Task<SourceListing> ListAsync(string directory, CancellationToken cancel)
    {
        var listed = await ListedAsync(directory, cancel).ConfigureAwait(false);
        var files = listed ?? Walk(directory);
        var deciding = files.Where(file => Path.GetFileName(file) == ".gitignore").Concat(s_deciding.Where(file => File.Exists(Path.Combine(directory, file))));
        return new(files, [.. await BareFolders.OfAsync(directory, files, byGit: listed is not null, cancel).ConfigureAwait(false), .. deciding]);
    }

    /// <summary>Every file that Git does not ignore, those of submodules too; every file outside a work tree, and where Git ignores the directory itself.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(string directory, CancellationToken cancel) => await ListedAsync(directory, cancel).ConfigureAwait(false) ?? Walk(directory);

    /// <summary>What Git lists; null where it tells nothing of the directory.</summary>
    private static async Task<List<string>?> ListedAsync(string directory, CancellationToken cancel)
    {
        if (await GitProgram.RunAsync(directory, ["ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard", "--", "."], cancel).ConfigureAwait(false) is not { Code: 0, Output: { Length: > 0 } listed })
            return null;
        var files = new List<string>();
        foreach (var entry in listed.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = PathOf(entry, out var repository);
            if (!repository) files.Add(path);
            // one that is not checked out has no files, and asked from within it Git tells of the repository around it
            else if (Path.Exists(Path.Combine(directory, path, ".git")))
                files.AddRange((await FilesAsync(Path.Combine(directory, path), cancel).ConfigureAwait(false)).Select(below => $"{path}/{below}"));
        }
        return files;
    }

    /// <summary>What is in the index stands as <c>mode object stage TAB path</c>, what is not by its path alone.</summary>
    /// <param name="repository">Whether it is another repository: a submodule, or one that nobody has added.</param>
    private static string PathOf(string entry, out bool repository)
    {
        // the object's name has 40 digits, or 64
        var staged = entry.IndexOf('\t', StringComparison.Ordinal) is 49 or 73 && entry[6] == ' ' && entry[..6].All(char.IsAsciiDigit);
        repository = staged ? entry.StartsWith("160000", StringComparison.Ordinal) : entry.EndsWith('/');
        return (staged ? entry[(entry.IndexOf('\t', StringComparison.Ordinal) + 1)..] : entry).TrimEnd('/');
    }

    private static List<string> Walk(string directory)
    {
        var files = new List<string>();
        var open = new Stack<string>([""]);
        while (open.TryPop(out var below))
            foreach (var info in new DirectoryInfo(Path.Combine(directory, below)).EnumerateFileSystemInfos())
            {
                var path = below.Length == 0 ? info.Name : $"{below}/{info.Name}";
                if (path is ".git" or ".signalbox") continue;
                // by a name that is no text a folder is not found
                if (info is DirectoryInfo && info.LinkTarget is null && !SourceFiles.IsNameless(path)) open.Push(path);
                else files.Add(path);
            }
        return files;
    }

    public static async Task<string?> BranchAsync(string directory, CancellationToken cancel) =>
        await GitProgram.RunAsync(directory, ["symbolic-ref", "--quiet", "--short", "HEAD"], cancel).ConfigureAwait(false) is { Code: 0, Output: var name } ? name.Trim() : null;

    public static JobResults Results(RunSource source, IReadOnlyList<string> files, FileDigests digests, RunOptions options, IReadOnlyDictionary<string, JobRecord> resumed, IReadOnlyDictionary<string, string> host, Func<PlannedJob, string> logOf, Func<PlannedJob, string, bool> isOfAnotherTime)
    {
        var made = source.Jobs.SelectMany(job => job.Outputs ?? []).Distinct().Select(PathGlob.Parse).ToList();
        var programs = new ProgramFacts(source.Directory, host);
        var store = options.Cache is { } cache ? new ResultStore(cache, new FileStats()) : null;
        SourceListing Again() => ListAsync(source.Directory, CancellationToken.None).GetAwaiter().GetResult();
        return new(new(digests, files, made, Again), digests, store, options.Shared, resumed, job => [.. JobEnvironment.Facts(job, host), .. programs.Of(job.Job)], logOf, isOfAnotherTime, TimeProvider.System);
    }
}
