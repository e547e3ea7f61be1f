using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>
/// The sources as they were when a run began: what goes out must be made of the same, for nothing else was tested. In a work tree these are all files
/// that Git does not ignore and no job makes, tracked ones in any case; outside one those that jobs name as their inputs.
/// </summary>
internal sealed class TestedSources
{
    private readonly RunSource _source;
    private readonly string? _index;
    private readonly string? _commit;
    private readonly IReadOnlyDictionary<string, Digest> _files;

    private TestedSources(RunSource source, string? index, string? commit, IReadOnlyDictionary<string, Digest> files) =>
        (_source, _index, _commit, _files) = (source, index, commit, files);

    /// <param name="index">Where digests of files are kept from run to run; null for none.</param>
    public static async Task<TestedSources> TakeAsync(RunSource source, string? index, CancellationToken cancel)
    {
        var (commit, files) = await ReadAsync(source, index, cancel).ConfigureAwait(false);
        return new(source, index, commit, files);
    }

    /// <returns>What is another now, in words; null where nothing is.</returns>
    public async Task<string?> ChangedAsync(CancellationToken cancel)
    {
        var (commit, files) = await ReadAsync(_source, _index, cancel).ConfigureAwait(false);
        if (commit != _commit) return $"the commit was {_commit?[..12] ?? "none"} and is {commit?[..12] ?? "none"}";
        foreach (var (path, digest) in _files)
            if (!files.TryGetValue(path, out var now)) return $"{path} is gone";
            else if (now != digest) return $"{path} has changed";
        return files.Keys.FirstOrDefault(path => !_files.ContainsKey(path)) is { } added ? $"{added} is new" : null;
    }

    private static async Task<(string? Commit, IReadOnlyDictionary<string, Digest> Files)> ReadAsync(RunSource source, string? index, CancellationToken cancel)
    {
        var commit = await GitProgram.RunAsync(source.Directory, ["rev-parse", "--verify", "--quiet", "HEAD"], cancel).ConfigureAwait(false) is { Code: 0, Output: var head } ? head.Trim() : null;
        var made = source.Jobs.SelectMany(job => (job.Outputs ?? []).Concat(job.Tests).Concat(job.Coverage)).Distinct().Select(PathGlob.Parse).ToList();
        var digests = new FileDigests(source.Directory, index ?? "", new FileStats(), TimeProvider.System);
        var paths = (await RunSetup.FilesAsync(source.Directory, cancel).ConfigureAwait(false)).ToLookup((commit is null ? [] : await TrackedAsync(source.Directory, cancel).ConfigureAwait(false)).Contains);
        IReadOnlyList<string>? named = commit is null ? [.. source.Jobs.SelectMany(job => job.Inputs ?? []).Distinct()] : null;
        // a pattern such as **/*.xml fits sources, too: what Git tracks is one
        var files = new SourceFiles(digests, paths[true], []).Of(null).Files.Concat(new SourceFiles(digests, paths[false], made).Of(named).Files);
        if (paths.SelectMany(path => path).FirstOrDefault(path => SourceFiles.IsNameless(path) && (paths[true].Contains(path) || !made.Exists(glob => glob.Matches(path)))) is { } nameless)
            throw new SignalboxException(ExitCode.No, Finding.Error("run-sources-unseen", $"{nameless} has a name that is not UTF-8, so that nobody can say whether it stays as it was tested; expected another name", new(source.Directory), $"ls -b {source.Directory}"));
        return (commit, files.ToDictionary(file => file.Path, file => Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{file.Digest.Hex} {file.Stat.Executable}")), StringComparer.Ordinal));
    }

    private static async Task<HashSet<string>> TrackedAsync(string directory, CancellationToken cancel) =>
        await GitProgram.RunAsync(directory, ["ls-files", "-z", "--cached", "--", "."], cancel).ConfigureAwait(false) is { Code: 0, Output: var listed } ? [.. listed.Split('\0')] : [];
}
