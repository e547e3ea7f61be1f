using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <param name="Digest">Under which the inputs lie in the content store, once they are kept.</param>
public sealed record GatheredInputs(GateInputs Inputs, Digest Digest)
{
    /// <summary>The form that is kept.</summary>
    internal byte[] Canonical { get; init; } = [];
}

/// <summary>Stands before every rollout.</summary>
public interface IGatekeeper
{
    /// <summary>Everything the decision is made of, as it is now; nothing of it is kept. May take as long as a custom gate's command.</summary>
    /// <exception cref="ContentRefusedException">It is more than one decision is made of.</exception>
    Task<GatheredInputs> GatherAsync(GateQuestion question, CancellationToken cancel);

    /// <summary>Keeps what a decision that is about to be recorded was made of, so that it can be made again.</summary>
    /// <exception cref="IOException">The disk refused: then nothing can be decided.</exception>
    /// <exception cref="ContentRefusedException">There is no room: the same.</exception>
    Task KeepAsync(GatheredInputs gathered, CancellationToken cancel);

    /// <summary>Whether evidence and policies are still the ones that were gathered.</summary>
    bool IsCurrent(GateQuestion question, GatheredInputs gathered);

    /// <summary>What the policies say about going into a track from the environment before.</summary>
    PromotionTerms Promotion(TrackKey into) => PromotionTerms.ByHand;
}

/// <param name="From">Environments that policies put before this one, beside the one that is before it in signalbox.yaml.</param>
/// <param name="After">How long a release serves in the environment before, until it is promoted without a person; null: only a person promotes.</param>
public sealed record PromotionTerms(IReadOnlyList<string> From, TimeSpan? After)
{
    public static PromotionTerms ByHand { get; } = new([], null);

    /// <summary>
    /// Of all layers together: every environment that one names, and the longest time. A layer that does not say that releases go on
    /// by themselves, or that cannot be read, leaves it to a person (decision 101).
    /// </summary>
    public static PromotionTerms Of(IReadOnlyList<PolicyLayer> layers)
    {
        if (layers.Any(layer => layer.Policy is null)) return ByHand;
        var policies = layers.Select(layer => layer.Policy!).ToList();
        return new(
            [.. policies.SelectMany(policy => policy.Rule(GateTable.Promotion).Values("from")).Distinct(StringComparer.Ordinal)],
            policies.All(policy => policy.Promote is not null) ? policies.Select(policy => policy.Promote?.After).Max() : null);
    }
}

/// <summary>Runs a policy's own commands.</summary>
public interface ICustomGates
{
    /// <summary>Runs to its end, its timeout, or cancellation; never throws for what the command does.</summary>
    Task<CustomResult> RunAsync(GateQuestion question, string layer, CustomGate gate, CancellationToken cancel);
}

/// <summary>Gathers from the ledger's evidence and policies and from the content store.</summary>
/// <param name="zoneOffset">The UTC offset of a time zone at a moment; null where the zone is not known.</param>
public sealed class Gatekeeper(
    EvidenceIndex evidence, PolicyBook policies, IContentStore contents, ICustomGates commands, Func<string, DateTimeOffset, TimeSpan?> zoneOffset) : IGatekeeper
{
    public async Task<GatheredInputs> GatherAsync(GateQuestion question, CancellationToken cancel)
    {
        // its caller may hold the engine's gate, and reading takes its time
        await Task.Yield();
        var layers = policies.LayersOf(question.Track);
        var records = RecordsOf(question);
        var custom = await RunAsync(question, layers, cancel).ConfigureAwait(false);
        var zones = layers.SelectMany(layer => layer.Policy?.Freeze ?? []).Select(window => window.Zone).Distinct(StringComparer.Ordinal);
        var inputs = new GateInputs(
            FactsOf(question), layers, new([.. records.Select(record => record.Id)], await GateArchive.LoadAsync(contents, records, Unheard(question, layers, records), cancel).ConfigureAwait(false)),
            new SortedDictionary<string, TimeSpan?>(zones.ToDictionary(zone => zone, zone => zoneOffset(zone, question.At)), StringComparer.Ordinal), custom, question.At)
        { Path = question.Path };
        var canonical = GateEvents.Canonical(inputs);
        if (canonical.Length > GateArchive.MostInputs)
            throw new ContentRefusedException("gate-inputs-too-large", $"the gates would decide on {records.Count} pieces of evidence, {canonical.Length:N0} bytes of records alone; expected at most {GateArchive.MostInputs:N0}, so that the decision can be made again");
        // decided on what is kept, read back: a replay sees the very same, order and all
        var kept = GateEvents.Read(canonical) ?? throw new InvalidOperationException("the inputs of a gate cannot be read back");
        return new(inputs with { Release = kept.Release, Layers = kept.Layers, ZoneOffsets = kept.ZoneOffsets, Custom = kept.Custom, Path = kept.Path }, Digest.Of(canonical)) { Canonical = canonical };
    }

    public Task KeepAsync(GatheredInputs gathered, CancellationToken cancel) => contents.AddAsync(gathered.Canonical, cancel);

    public bool IsCurrent(GateQuestion question, GatheredInputs gathered) =>
        RecordsOf(question).Select(record => record.Id).SequenceEqual(gathered.Inputs.Evidence.Listed)
        && policies.LayersOf(question.Track).Select(layer => (layer.Name, layer.Digest)).SequenceEqual(gathered.Inputs.Layers.Select(layer => (layer.Name, layer.Digest)));

    public PromotionTerms Promotion(TrackKey into) => PromotionTerms.Of(policies.LayersOf(into));

    /// <inheritdoc cref="GateArchive.ReloadAsync"/>
    public Task<GateInputs?> ReloadAsync(Digest digest, CancellationToken cancel) => GateArchive.ReloadAsync(contents, digest, cancel);

    /// <summary>What evidence about a release may be about: each of its artifacts, and the release as a whole.</summary>
    public static IReadOnlyList<Digest> SubjectsOf(Release release) => [ReleaseDigest.Of(release), .. release.Artifacts.Values.Distinct()];

    /// <summary>What speaks for another application alone is not looked at: a digest may be of releases of several.</summary>
    private IReadOnlyList<EvidenceRecord> RecordsOf(GateQuestion question) =>
        [.. evidence.About(SubjectsOf(question.Release), [question.Submitter, .. question.Creator is { } creator ? new[] { creator } : [], .. Starters(question)])
            .Where(record => record.IsFor(question.Release.Application))];

    private static IEnumerable<Principal> Starters(GateQuestion question) =>
        question.Submitter == Principal.Promoter ? (question.Path?.Starters ?? []).Select(name => new Principal(name)) : [];

    /// <summary>Records that no layer listens to: their facts would take room from those that count.</summary>
    private static IReadOnlyList<Digest> Unheard(GateQuestion question, IReadOnlyList<PolicyLayer> layers, IReadOnlyList<EvidenceRecord> records)
    {
        List<IReadOnlyList<string>?> heard = [.. layers.Where(layer => layer.Policy is not null).Select(layer => layer.Policy!.EvidenceFrom)];
        // a release's own file listens to everybody
        if (question.Configuration.Gates is { Count: > 0 }) heard.Add(null);
        return [.. records.Where(record => !heard.Exists(from => GateContext.IsHeard(record, from))).Select(record => record.Id)];
    }

    private static ReleaseFacts FactsOf(GateQuestion question) => new(
        question.Release.Id, question.Release.Application, question.Configuration.Name, question.Submitter.Name, question.Creator?.Name,
        ReleaseDigest.Of(question.Release), ConfigurationDigest.Of(question.Configuration), question.Release.Source, question.Release.Artifacts,
        question.Configuration, question.Release.Owners ?? new Dictionary<string, string>());

    private async Task<IReadOnlyList<CustomResult>> RunAsync(GateQuestion question, IReadOnlyList<PolicyLayer> layers, CancellationToken cancel)
    {
        var results = new List<CustomResult>();
        foreach (var layer in layers)
            foreach (var gate in (layer.Policy?.Custom ?? []).Where(gate => gate.Mode != GateMode.Off))
                results.Add(await commands.RunAsync(question, layer.Name, gate, cancel).ConfigureAwait(false));
        return results;
    }
}
