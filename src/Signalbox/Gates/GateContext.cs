using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates.BuiltIn;

namespace Signalbox.Gates;

/// <summary>The inputs as the gates look at them.</summary>
/// <param name="evidenceFrom">Principals whose word counts; null for everybody's.</param>
/// <param name="rules">The same file's rule of each gate.</param>
internal sealed class GateContext(GateInputs inputs, IReadOnlyList<string>? evidenceFrom, Func<string, GateRule> rules)
{
    private readonly IReadOnlyList<EvidenceItem> _items = InForce(inputs.Evidence, evidenceFrom, new SignerRules(rules(GateTable.Signature), needsIssuers: true));

    public GateInputs Inputs => inputs;

    public ReleaseFacts Release => inputs.Release;

    public DateTimeOffset Now => inputs.At;

    /// <summary>What the same file demands of a gate.</summary>
    public GateRule Rule(string gate) => rules(gate);

    /// <summary>Whether somebody brings the release: its submitter, or whoever made it.</summary>
    public bool Brings(EvidenceItem item) => item.Record.By.Name == Release.Submitter || item.Record.By.Name == Release.Creator;

    /// <summary>Each artifact once, with the services that run it.</summary>
    public IReadOnlyList<(Digest Digest, string Services)> Artifacts { get; } =
    [
        .. inputs.Release.Asked
            .GroupBy(artifact => artifact.Value).Select(group => (group.Key, string.Join(", ", group.Select(artifact => artifact.Key))))
            .OrderBy(artifact => artifact.Key.Value, StringComparer.Ordinal),
    ];

    /// <summary>Records that the ledger has and that were not handed to the decision: what they say is not known.</summary>
    public bool IsPartial { get; } = inputs.Evidence.Listed.Except(inputs.Evidence.Items.Select(item => item.Record.Id)).Any();

    /// <summary>Evidence of a kind about one artifact, or about the whole release.</summary>
    public IReadOnlyList<EvidenceItem> About(Digest artifact, EvidenceKind kind) =>
        [.. _items.Where(item => item.Record.Kind == kind && (item.Record.Subject == artifact || (item.Record.Subject == Release.Content && !IsOfAnother(item, artifact))))];

    /// <summary>Whether what was handed in for the whole release says that it is of another of its artifacts, and not of this one.</summary>
    private bool IsOfAnother(EvidenceItem item, Digest artifact) =>
        item.Facts is { Names: { Count: > 0 } names } && !names.Contains(artifact) && names.Any(name => Release.Artifacts.Values.Contains(name));

    public IReadOnlyList<EvidenceItem> AboutRelease(EvidenceKind kind) =>
        [.. _items.Where(item => item.Record.Kind == kind && item.Record.Subject == Release.Content)];

    /// <summary>
    /// Evidence whose facts can be read; what cannot be, or was lost, makes the gate undecided: it may be what would deny.
    /// </summary>
    public IReadOnlyList<(EvidenceItem Item, T Facts)> Read<T>(IReadOnlyList<EvidenceItem> items, GateLines lines) where T : EvidenceFacts
    {
        if (IsPartial) lines.Undecided("gate-evidence-partial", "evidence that the ledger has about this release is missing here, so what it says is not known", "signalbox ledger verify");
        foreach (var lost in items.Where(item => item.Facts is not T))
            lines.Undecided("gate-evidence-unreadable", $"the content of {lost.Record.Kind.Word()} {lost.Record.Id.Short} is lost, damaged, or past the {GateArchive.MostFacts >> 20} MiB that one decision reads, so what it says is not known",
                $"signalbox evidence show {lost.Record.Id.Short}", lost);
        return [.. items.Where(item => item.Facts is T).Select(item => (item, (T)item.Facts!))];
    }

    /// <summary>"security (@acme/appsec)", or the role alone.</summary>
    public string HandTo(string role) => Release.Owners.GetValueOrDefault(role) is { } owner ? $"{role} ({owner})" : role;

    /// <summary>A line to paste, where the file lies, that brings evidence of a kind.</summary>
    public string Add(EvidenceKind kind, string file) => $"signalbox evidence add {kind.Word()} {Pasted(file)} --release {Release.Id}";

    /// <summary>Brings the same evidence made anew: under the name that it had, so that it replaces what its principal brought before.</summary>
    public string AddAnew(EvidenceItem item) => Add(item.Record.Kind, item.Record.Source.Where);

    // whoever hands in a file chooses its name, and another person pastes it
    private static string Pasted(string file) => Words.Quote(file.StartsWith('-') ? $"./{file}" : file);

    public string Name((Digest Digest, string Services) artifact) => $"{artifact.Services} ({artifact.Digest.Value[..19]}…)";

    /// <summary>
    /// A principal that hands in the same report anew (same kind, tool and name, out of a folder or not) replaces its own
    /// earlier one. Nobody replaces another's: then both count, and the worse one decides.
    /// </summary>
    private static IReadOnlyList<EvidenceItem> InForce(EvidenceSet evidence, IReadOnlyList<string>? from, SignerRules signers)
    {
        var known = evidence.Items.DistinctBy(item => item.Record.Id).OrderBy(item => item.Record.Sequence)
            .Where(item => item.Record.Kind.ProvesItself() || item.Record.Kind.IsMadeHere()
                || ((from is null || from.Any(pattern => Glob.Matches(pattern, item.Record.By.Name))) && !IsStrangers(item, signers)))
            .ToList();
        return [.. known.Where(item => !known.Any(later => Replaces(later, item)))];
    }

    private static bool Replaces(EvidenceItem later, EvidenceItem item) =>
        later.Record.Sequence > item.Record.Sequence && !item.Record.Kind.ProvesItself() && !item.Record.Kind.IsMadeHere()
        && later.Record.Kind == item.Record.Kind && later.Record.By == item.Record.By && later.Record.Subject == item.Record.Subject
        && later.Record.Source.Where == item.Record.Source.Where && later.Facts is not null && Tool(later) == Tool(item);

    /// <summary>
    /// Whoever may push to a registry attaches to an image what they like, and whoever imports it reads none of it: a signed report
    /// from there is its signer's word, and counts where the signature gate would take that signer's.
    /// </summary>
    private static bool IsStrangers(EvidenceItem item, SignerRules signers) =>
        item.Record is { Source.Origin: EvidenceOrigin.Registry, Verification.Verdict: VerificationVerdict.Verified } && signers.Refuses(item.Facts?.Signer) is not null;

    private static string? Tool(EvidenceItem item) => (item.Facts as ScanFact)?.Tool;
}
