using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <summary>What is asked: may this release begin to go into this environment, for this principal?</summary>
/// <param name="Submitter">Who starts the rollout.</param>
/// <param name="Creator">Who made the release; null where the ledger does not say.</param>
/// <param name="At">When it is asked, by the engine's clock.</param>
public sealed record GateQuestion(TrackKey Track, Release Release, EnvironmentConfiguration Configuration, Principal Submitter, Principal? Creator, DateTimeOffset At)
{
    /// <summary>How far the release has come, as it was when this was asked; null where the engine does not say.</summary>
    public ReleasePath? Path { get; init; }
}

/// <summary>One file's demands.</summary>
/// <param name="Name">What refusals call it: <c>policy of production</c>.</param>
/// <param name="Digest">Of the policy's text; null for the built-in default.</param>
/// <param name="Policy">Null where the text cannot be read (any more): then nothing is allowed.</param>
public sealed record PolicyLayer(string Name, Digest? Digest, Policy? Policy);

/// <summary>What is known of the release itself.</summary>
/// <param name="Creator">Who made it; null where the ledger does not say.</param>
/// <param name="Content">Its <see cref="ReleaseDigest"/>.</param>
/// <param name="ConfigurationDigest">Of its configuration in the environment that it goes into.</param>
public sealed record ReleaseFacts(
    string Id, string Application, string Environment, string Submitter, string? Creator, Digest Content, Digest ConfigurationDigest,
    SourceRevision? Source, IReadOnlyDictionary<string, Digest> Artifacts, EnvironmentConfiguration Configuration, IReadOnlyDictionary<string, string> Owners)
{
    /// <summary>The artifacts that go into the environment, by service: what the gates are asked about, and nothing else of the release.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, Digest>> Asked => Artifacts.Where(artifact => Configuration.Services.Any(service => service.Name == artifact.Key)).OrderBy(artifact => artifact.Key, StringComparer.Ordinal);
}

/// <summary>A record and what its content says.</summary>
/// <param name="Facts">Null where they are missing, damaged or of a newer version: the gates that need them cannot decide.</param>
public sealed record EvidenceItem(EvidenceRecord Record, EvidenceFacts? Facts);

/// <param name="Listed">The ids of all records that the ledger has in force about the release: what of them is not among <paramref name="Items"/> was lost.</param>
public sealed record EvidenceSet(IReadOnlyList<Digest> Listed, IReadOnlyList<EvidenceItem> Items)
{
    public static EvidenceSet Empty { get; } = new([], []);
}

/// <summary>How a custom gate's command ended.</summary>
/// <param name="Layer">The layer that has the gate.</param>
/// <param name="ExitCode">Null where it was killed, timed out or could not be started.</param>
/// <param name="Detail">"exit 0", "timed out after 30 s": no output.</param>
/// <param name="OutputDigest">Of the kept output, which lies in a file that expires.</param>
public sealed record CustomResult(string Layer, string Name, int? ExitCode, string Detail, string? OutputDigest);

/// <summary>
/// All that a decision is made of. Whoever has them can make it again: nothing else is looked at, no clock and no file.
/// </summary>
/// <param name="Layers">Each has its say by itself, so that none can weaken another.</param>
/// <param name="ZoneOffsets">UTC offsets, at the moment of the decision, of the time zones that freeze windows name; null where the zone is not known.</param>
/// <param name="At">The moment of the decision (UTC).</param>
public sealed record GateInputs(
    ReleaseFacts Release, IReadOnlyList<PolicyLayer> Layers, EvidenceSet Evidence, IReadOnlyDictionary<string, TimeSpan?> ZoneOffsets,
    IReadOnlyList<CustomResult> Custom, DateTimeOffset At)
{
    /// <summary>How far the release has come; null in decisions of versions that did not know.</summary>
    public ReleasePath? Path { get; init; }

    /// <summary>Who took the release out in the environments before, where it goes on without a person; nobody where a person submits it.</summary>
    internal IEnumerable<string> Starters => Release.Submitter == Principal.Promoter.Name ? Path?.Starters ?? [] : [];
}
