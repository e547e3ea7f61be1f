using System.Collections.Concurrent;
using Signalbox.Audit.Readers;
using Signalbox.Delivery;

namespace Signalbox.Audit.GitHub;

/// <summary>Asks repositories of actions through <c>git</c>: their refs, and for commits that no ref names the graph of commits without any file.</summary>
/// <param name="address">From owner and name to what git can fetch.</param>
/// <param name="patience">How long one repository may take.</param>
internal sealed class GitActionRemote(Func<string, string> address, TimeSpan patience) : IActionRemote
{
    public static GitActionRemote GitHub { get; } = new(repository => $"https://github.com/{repository}.git", TimeSpan.FromMinutes(1));

    // each round of fixes audits anew
    private readonly ConcurrentDictionary<string, Lazy<ActionLock?>> _answers = new(StringComparer.OrdinalIgnoreCase);

    public ActionLock? Ask(string repository, IReadOnlyCollection<string> commits, CancellationToken cancel = default) =>
        _answers.GetOrAdd($"{repository} {string.Join(' ', commits.Order(StringComparer.Ordinal))}", _ => new(() => AskAsync(repository, commits, cancel).GetAwaiter().GetResult())).Value;

    private async Task<ActionLock?> AskAsync(string repository, IReadOnlyCollection<string> commits, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(patience);
        try
        {
            if (await RefsAsync(repository, deadline.Token).ConfigureAwait(false) is not { } refs) return null;
            var open = commits.Except(refs.Values, StringComparer.Ordinal).ToList();
            var reached = open.Count == 0 ? [] : await ReachedAsync(repository, open, deadline.Token).ConfigureAwait(false);
            return reached is null ? new(repository, refs, new Dictionary<string, bool>()) : new(repository, refs, open.ToDictionary(c => c, reached.Contains));
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<Dictionary<string, string>?> RefsAsync(string repository, CancellationToken cancellation)
    {
        if (await GitProgram.RunAsync(Path.GetTempPath(), ["ls-remote", "--heads", "--tags", "--", address(repository)], cancellation).ConfigureAwait(false) is not { Code: 0 } answer) return null;
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in answer.Output.Split('\n'))
        {
            if (line.Split('\t') is not [{ Length: 40 } commit, var name]) continue;
            // an annotated tag comes twice: itself, and with ^{} the commit it names
            refs[name.EndsWith("^{}", StringComparison.Ordinal) ? name[..^3] : name] = commit;
        }
        return refs;
    }

    /// <summary>Which of some commits the branches and tags reach; null where that cannot be told.</summary>
    private async Task<HashSet<string>?> ReachedAsync(string repository, List<string> commits, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("signalbox-refs-");
        try
        {
            if (!await DoesAsync(["init", "--quiet", "--bare", "."]).ConfigureAwait(false)) return null;
            // never by the commit itself: a host gives a fork's commit under the parent's name, which is what is looked for
            if (!await DoesAsync(["fetch", "--quiet", "--filter=tree:0", "--no-write-fetch-head", "--", address(repository), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]).ConfigureAwait(false)) return null;
            var all = await GitProgram.RunAsync(folder.FullName, ["rev-list", "--all"], cancellation).ConfigureAwait(false);
            return all is { Code: 0 } ? [.. commits.Intersect(all.Output.Split('\n'), StringComparer.Ordinal)] : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<bool> DoesAsync(string[] arguments) => await GitProgram.RunAsync(folder.FullName, arguments, cancellation).ConfigureAwait(false) is { Code: 0 };
    }
}
