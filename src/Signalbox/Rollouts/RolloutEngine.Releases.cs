using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <param name="Existed">It was made before, under the same key.</param>
/// <param name="Refusal">Why it is not the one that was asked for; null where it is.</param>
public sealed record MadeRelease(Release Release, bool Existed, Refusal? Refusal = null);

public sealed partial class RolloutEngine
{
    private readonly Dictionary<(string Application, string Principal, string Key), Release> _once = [];

    public Release? FindRelease(string id) => _releases.GetValueOrDefault(id);

    public IReadOnlyList<Release> Releases => [.. _releases.Values];

    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public async Task<Release> CreateReleaseAsync(
        string application, SourceRevision? source, IReadOnlyDictionary<string, Digest> artifacts,
        IReadOnlyList<EnvironmentConfiguration> environments, Principal principal, CancellationToken cancel) =>
        (await MakeReleaseAsync(new(application, source, artifacts, environments), principal, cancel).ConfigureAwait(false)).Release;

    /// <summary>With a key it makes one release at most: the same principal that asks for the same again gets that one.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public Task<MadeRelease> MakeReleaseAsync(CreateRelease wanted, Principal principal, CancellationToken cancel) =>
        GatedAsync(() => Task.FromResult(Make(wanted, principal)), cancel);

    private MadeRelease Make(CreateRelease wanted, Principal principal)
    {
        var number = _releases.Values.Count(release => release.Application == wanted.Application) + 1;
        var release = new Release($"{wanted.Application}-{number}", wanted.Application, wanted.Source, wanted.Artifacts, wanted.Environments, Now, wanted.Owners, wanted.Once);
        if (wanted.Once is { } key && _once.TryGetValue((wanted.Application, principal.Name, key), out var made))
            return new(made, true, Difference(made, release) is { } other ? Taken(key, made, other) : null);
        Append([RolloutEvents.ToEntry(release, principal)]);
        Know(release, principal);
        return new(release, false);
    }

    private void Know(Release release, Principal creator)
    {
        (_releases[release.Id], _creators[release.Id], _newestReleases[release.Application]) = (release, creator, release);
        if (release.Once is { } key) _once[(release.Application, creator.Name, key)] = release;
    }

    private static Refusal Taken(string key, Release made, string other) => new(
        "release-key-taken", $"{made.Id} was made under the key '{key}' with {other}; expected the same again, or a key of its own", $"signalbox deploy --release {made.Id}   # takes that one out; a new run of the pipeline makes another");

    /// <returns>What the one that was made has and the other has not; null where they are of the same content.</returns>
    private static string? Difference(Release made, Release wanted)
    {
        var services = made.Artifacts.Except(wanted.Artifacts).Concat(wanted.Artifacts.Except(made.Artifacts)).Select(artifact => artifact.Key).Distinct().Order(StringComparer.Ordinal);
        if (string.Join(", ", services) is { Length: > 0 } named) return $"another artifact of {named}";
        if (made.Source?.Commit != wanted.Source?.Commit) return $"another commit ({made.Source?.Commit ?? "none"}, and now {wanted.Source?.Commit ?? "none"})";
        if (made.Source?.Dirty != wanted.Source?.Dirty) return made.Source!.Dirty ? "uncommitted changes" : "no uncommitted changes";
        return JsonNode.DeepEquals(Configured(made), Configured(wanted)) ? null : "another configuration";
    }

    /// <summary>As the ledger has it, where every record is compared by what is in it.</summary>
    private static JsonNode? Configured(Release release) => JsonSerializer.SerializeToNode(release.Environments, RolloutJson.Default.IReadOnlyListEnvironmentConfiguration);
}
