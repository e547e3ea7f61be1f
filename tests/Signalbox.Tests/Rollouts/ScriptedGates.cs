using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;

namespace Signalbox.Tests.Rollouts;

/// <summary>Gates that say what the test wants, by policies that do.</summary>
internal sealed class ScriptedGates : IGatekeeper
{
    /// <summary>Nobody has approved, so this one denies.</summary>
    public static readonly PolicyLayer Denying = new("policy of the test", null, Policy.Default with { Gates = [new(GateTable.Approval, GateMode.Enforce, new Dictionary<string, IReadOnlyList<string>>())] });

    public static readonly PolicyLayer Allowing = new("policy of the test", null, Policy.Default);

    /// <summary>A policy that cannot be read decides nothing.</summary>
    public static readonly PolicyLayer Unreadable = new("policy of the test", null, null);

    public PolicyLayer Layer { get; set; } = Allowing;

    /// <summary>What the next askings are answered by, before <see cref="Layer"/> is.</summary>
    public Queue<PolicyLayer> Next { get; } = [];

    public List<GateQuestion> Asked { get; } = [];

    /// <summary>Askings from this one on are answered when <see cref="Hold"/> is completed.</summary>
    public int HoldFrom { get; set; } = int.MaxValue;

    public TaskCompletionSource Hold { get; } = new();

    /// <summary>What was gathered is out of date so many times.</summary>
    public int Stale { get; set; }

    /// <summary>Thrown in place of an answer.</summary>
    public Exception? Fault { get; set; }

    public async Task<GatheredInputs> GatherAsync(GateQuestion question, CancellationToken cancel)
    {
        Asked.Add(question);
        var layer = Next.TryDequeue(out var next) ? next : Layer;
        if (Asked.Count >= HoldFrom) await Hold.Task;
        if (Fault is { } fault) throw fault;
        var gathered = Of(question, LayerOf(question.Configuration.Name, layer), [.. Evidence]);
        return Slow is null ? gathered : gathered with { Inputs = gathered.Inputs with { Evidence = new([], Slow) } };
    }

    /// <summary>In place of <see cref="Evidence"/>: a decision on it takes its time.</summary>
    public IReadOnlyList<EvidenceItem>? Slow { get; set; }

    /// <summary>What comes of keeping what was gathered; null where it is kept.</summary>
    public Exception? KeepFault { get; set; }

    /// <summary>In place of <see cref="Layer"/>, by environment.</summary>
    public Dictionary<string, Policy> Policies { get; } = [];

    /// <summary>Overrides and approvals in force.</summary>
    public List<EvidenceItem> Evidence { get; } = [];

    public PromotionTerms Promotion(TrackKey into) => PromotionTerms.Of([LayerOf(into.Environment, Layer)]);

    public Task KeepAsync(GatheredInputs gathered, CancellationToken cancel) => KeepFault is { } fault ? Task.FromException(fault) : Task.CompletedTask;

    public bool IsCurrent(GateQuestion question, GatheredInputs gathered) => Stale-- <= 0;

    private PolicyLayer LayerOf(string environment, PolicyLayer otherwise) =>
        Policies.TryGetValue(environment, out var policy) ? new($"policy of {environment}", null, policy) : otherwise;

    public static GatheredInputs Of(GateQuestion question, PolicyLayer layer, params IReadOnlyList<EvidenceItem> evidence) => new(
        new(
            new(question.Release.Id, question.Release.Application, question.Configuration.Name, question.Submitter.Name, question.Creator?.Name, ReleaseDigest.Of(question.Release),
                ConfigurationDigest.Of(question.Configuration), null, question.Release.Artifacts, question.Configuration, new Dictionary<string, string>()),
            [layer], new([.. evidence.Select(item => item.Record.Id)], evidence), new Dictionary<string, TimeSpan?> { ["UTC"] = TimeSpan.Zero }, [], question.At)
        { Path = question.Path },
        Digest.Of("inputs"u8));
}
