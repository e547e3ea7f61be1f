using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Pipelines.Local.Caching;

/// <summary>
/// Knows a job again by what its result depends on: its command, what it reads, the variables it sees, the programs it starts and
/// what the jobs before it made. Only what succeeded is kept.
/// </summary>
/// <param name="store">Null: nothing is looked up and nothing is kept.</param>
/// <param name="shared">Whether results of other directories count: only where somebody has named one store for several.</param>
/// <param name="resumed">By id: how jobs of the run that is resumed ended.</param>
/// <param name="facts">What else a job's result depends on, a line each.</param>
/// <param name="logOf">The file that a job's output is in.</param>
/// <param name="isOfAnotherTime">Whether a file among a job's outputs, by its path, is a report that the job did not write.</param>
internal sealed class JobResults(
    SourceFiles sources, FileDigests digests, ResultStore? store, bool shared, IReadOnlyDictionary<string, JobRecord> resumed,
    Func<PlannedJob, IEnumerable<string>> facts, Func<PlannedJob, string> logOf, Func<PlannedJob, string, bool> isOfAnotherTime, TimeProvider time) : IResults
{
    private volatile bool _stored;

    /// <summary>Whether anything new was kept.</summary>
    public bool Stored => _stored;

    public Lookup Find(PlannedJob job, IReadOnlyList<Digest> needs)
    {
        var inputs = sources.Of(job.Job.Inputs);
        var found = Find(job, KeyOf(job, needs, inputs), inputs);
        // it runs now, and may write what others read
        if (found.Made is null) sources.MayChange();
        return found;
    }

    private Lookup Find(PlannedJob job, Digest key, InputSet inputs)
    {
        if (Resumed(job, key) is { } before) return new(key, before.Made, before.Saved ?? before.Took);
        var unknown = new Lookup(key) { Inputs = inputs };
        if (!IsKept(job) || inputs.Unseen is not null || store?.Find(key, time.GetUtcNow()) is not { } known || (known.Directory ?? digests.Root) != digests.Root) return unknown;
        return Restore(job, known) ? new(key, known.Made, known.Took) { Brought = [.. known.Files.Select(file => file.Path)] } : unknown;
    }

    public Kept Keep(PlannedJob job, Lookup asked, TimeSpan took)
    {
        if (job.Job.Outputs is not { } patterns) return new(asked.Key, Note: job.Job.Kind == JobKind.Command ? "its outputs are not said, so it runs each time" : null);
        if (OutputFiles.Missing(patterns, digests).ToList() is { Count: > 0 } missing) return new(asked.Key, $"it did not make {string.Join(", ", missing)}, which its outputs name");
        IReadOnlyList<OutputFile> files;
        try
        {
            // what is kept is brought back as a result, whatever its time is then
            files = [.. OutputFiles.Find(patterns, digests).Where(file => !file.IsFile || !isOfAnotherTime(job, file.Path))];
        }
        catch (ArtifactRefusedException e)
        {
            return new(asked.Key, Note: $"what it made is not kept: {e.Message}");
        }
        var made = OutputFiles.DigestOf(files);
        if (store is null || !IsKept(job)) return new(made);
        // as they were when it began
        var inputs = asked.Inputs!;
        if (inputs.Unseen is { } unseen) return new(made, Note: $"{unseen}, so it runs each time");
        return sources.AreUnchanged(inputs) && sources.Of(job.Job.Inputs).Digest == inputs.Digest ? Store(job, asked.Key, made, took, files) : new(made, Note: "its inputs changed while it ran, so what it made is not kept");
    }

    private Kept Store(PlannedJob job, Digest key, Digest made, TimeSpan took, IReadOnlyList<OutputFile> files)
    {
        foreach (var file in files)
            if (file.IsFile && !store!.Take(Path.Combine(digests.Root, file.Path), file.Content)) return new(made, Note: $"{file.Path} changed while it was kept, so nothing is");
        var log = logOf(job);
        Digest? printed = File.Exists(log) ? FileDigests.OfContent(log) : null;
        if (printed is { } output && !store!.Take(log, output)) printed = null;
        // what names its own directory is of no use in another
        var own = shared && files.Any(file => file.IsFile && ResultStore.Mentions(Path.Combine(digests.Root, file.Path), digests.Root));
        store!.Add(key, new(job.Id, made, took, printed, files) { Directory = own ? digests.Root : null });
        _stored = true;
        return new(made);
    }

    private static bool IsKept(PlannedJob job) => job.Job is { Outputs: not null, Cache: true, Kind: JobKind.Command };

    /// <summary>What succeeded before the run was cut off need not run again, where all is as it was.</summary>
    private JobRecord? Resumed(PlannedJob job, Digest key)
    {
        if (!resumed.TryGetValue(job.Id, out var before) || before.Outcome is not (JobOutcome.Succeeded or JobOutcome.Cached) || before.Key != key) return null;
        if (job.Job.Outputs is not { } patterns) return before;
        try
        {
            return OutputFiles.DigestOf(OutputFiles.Find(patterns, digests)) == before.Made ? before : null;
        }
        catch (ArtifactRefusedException)
        {
            return null;
        }
    }

    /// <returns>False where it cannot be done; then the job runs.</returns>
    private bool Restore(PlannedJob job, CachedResult known)
    {
        try
        {
            var surplus = Surplus(job, known);
            // whoever has put something among the outputs decides what becomes of it: the job runs as without a cache
            if (surplus.Exists(path => !sources.IsOnlyMadeBy(job.Job.Outputs!, path))) return false;
            if (!known.Files.All(file => OutputFiles.Allows(job.Job.Outputs!, file) && Restore(file))) return false;
            foreach (var path in surplus) File.Delete(Path.Combine(digests.Root, path));
            if (known.Log is { } log) return store!.Bring(log, logOf(job), AtomicFile.ForAll);
            File.Delete(logOf(job));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArtifactRefusedException)
        {
            return false;
        }
    }

    /// <summary>Outputs of another time, which would be taken for this one's. Combinations of a matrix share their outputs.</summary>
    private List<string> Surplus(PlannedJob job, CachedResult known)
    {
        if (job.Axes.Count > 0) return [];
        var named = known.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. OutputFiles.Paths(job.Job.Outputs!, digests).Where(path => !named.Contains(path)).Distinct()];
    }

    private bool Restore(OutputFile file)
    {
        if (OutputFiles.PassesLink(file.Path, digests)) return false;
        var path = Path.Combine(digests.Root, file.Path);
        if (file.IsDirectory)
        {
            // what is in it, though it was empty, is looked for apart
            Directory.CreateDirectory(path);
            return digests.StatOf(file.Path) is { Kind: FileKind.Directory };
        }
        if (digests.Of(file.Path) is var (stat, digest) && digest == file.Content && stat.Kind == FileKind.Link == file.Link is not null && (file.Link is not null || stat.Mode == file.Mode)) return true;
        if (file.Link is null)
        {
            if (!store!.Bring(file.Content, path, file.Mode)) return false;
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            File.CreateSymbolicLink(path, file.Link);
        }
        if (digests.StatOf(file.Path) is { } now) digests.Learn(file.Path, now, file.Content);
        return true;
    }

    private Digest KeyOf(PlannedJob job, IReadOnlyList<Digest> needs, InputSet inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // each with its length, so that no two lists of texts are one
        void Add(string name, string? value)
        {
            var bytes = Encoding.UTF8.GetBytes(value ?? "");
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name} {(value is null ? -1 : bytes.Length)}\n")));
            hash.AppendData(bytes);
        }
        Add("signalbox-run", "2");
        Add("directory", shared ? null : digests.Root);
        Add("job", job.Id);
        Add("run", job.Job.Run);
        Add("scanner", job.Scanner);
        Add("image", job.Job.Image);
        foreach (var fact in facts(job)) Add("fact", fact);
        foreach (var pattern in job.Job.Outputs ?? []) Add("output", pattern);
        for (var i = 0; i < needs.Count; i++) Add("need", needs[i].Value);
        Add("inputs", inputs.Digest.Value);
        return Digest.FromHash(hash.GetHashAndReset());
    }
}
