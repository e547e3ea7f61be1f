namespace Signalbox.Delivery;

/// <summary>Immutable: an application's artifacts by digest, its source, and its configuration per environment.</summary>
/// <param name="Id"><c>APPLICATION-N</c>, N counting up from 1.</param>
/// <param name="Artifacts">Service name to the digest of its artifact.</param>
/// <param name="Owners">Role to whom its refusals are handed.</param>
/// <param name="Once">The <see cref="ReleaseKey"/> under which its maker made this one and no other; null for none.</param>
public sealed record Release(
    string Id,
    string Application,
    SourceRevision? Source,
    IReadOnlyDictionary<string, Digest> Artifacts,
    IReadOnlyList<EnvironmentConfiguration> Environments,
    DateTimeOffset CreatedAt,
    IReadOnlyDictionary<string, string>? Owners = null,
    string? Once = null)
{
    public EnvironmentConfiguration? In(string environment) => Environments.FirstOrDefault(e => e.Name == environment);
}

/// <param name="Commit">The full commit id, where the artifact's directory lies in a Git work tree.</param>
/// <param name="Dirty">Whether the work tree differed from the commit.</param>
/// <param name="Earlier">The commits before it, the newest first, so that a release knows the changes that it brings; at most <see cref="MostEarlier"/>.</param>
public sealed record SourceRevision(
    string Commit, bool Dirty, string? Subject = null, DateTimeOffset? CommittedAt = null, IReadOnlyList<EarlierCommit>? Earlier = null)
{
    /// <summary>More than a day's commits of a busy team, and under 5 KB of the ledger.</summary>
    public const int MostEarlier = 49;
}

public sealed record EarlierCommit(string Commit, DateTimeOffset CommittedAt);
