using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Evidence;

namespace Signalbox.Gates;

/// <summary>The inputs as the gates look at them.</summary>
/// <param name="evidenceFrom">Principals whose word counts; null for everybody's.</param>
internal sealed class GateContext(GateInputs inputs, IReadOnlyList<string>? evidenceFrom)
{
    private readonly IReadOnlyList<EvidenceItem> _items = InForce(inputs.Evidence, evidenceFrom);

    public GateInputs Inputs => inputs;

    public ReleaseFacts Release => inputs.Release;

    public DateTimeOffset Now => inputs.At;

    /// <summary>Each artifact once, with the services that run it.</summary>
    public IReadOnlyList<(Digest Digest, string Services)> Artifacts { get; } =
    [
        .. inputs.Release.Artifacts
            .Where(artifact => inputs.Release.Configuration.Services.Any(service => service.Name == artifact.Key))
            .GroupBy(artifact => artifact.Value).Select(group => (group.Key, string.Join(", ", group.Select(artifact => artifact.Key).Order(StringComparer.Ordinal))))
            .OrderBy(artifact => artifact.Key.Value, StringComparer.Ordinal),
    ];

    /// <summary>Records that the ledger has and that were not handed to the decision: what they say is not known.</summary>
    public bool IsPartial { get; } = inputs.Evidence.Listed.Except(inputs.Evidence.Items.Select(item => item.Record.Id)).Any();

    /// <summary>Evidence of a kind about one artifact, or about the whole release.</summary>
    public IReadOnlyList<EvidenceItem> About(Digest artifact, EvidenceKind kind) =>
        [.. _items.Where(item => item.Record.Kind == kind && (item.Record.Subject == artifact || item.Record.Subject == Release.Content))];

    public IReadOnlyList<EvidenceItem> AboutRelease(EvidenceKind kind) =>
        [.. _items.Where(item => item.Record.Kind == kind && item.Record.Subject == Release.Content)];

    /// <summary>
    /// Evidence whose facts can be read; what cannot be, or was lost, makes the gate undecided: it may be what would deny.
    /// </summary>
    public IReadOnlyList<(EvidenceItem Item, T Facts)> Read<T>(IReadOnlyList<EvidenceItem> items, GateLines lines) where T : EvidenceFacts
    {
        if (IsPartial) lines.Undecided("gate-evidence-partial", "evidence that the ledger has about this release is missing here, so what it says is not known", "signalbox ledger verify");
        foreach (var lost in items.Where(item => item.Facts is not T))
            lines.Undecided("gate-evidence-unreadable", $"the content of {lost.Record.Kind.Word()} {lost.Record.Id.Short} is lost or damaged, so what it says is not known",
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
    private static IReadOnlyList<EvidenceItem> InForce(EvidenceSet evidence, IReadOnlyList<string>? from)
    {
        var known = evidence.Items.DistinctBy(item => item.Record.Id).OrderBy(item => item.Record.Sequence)
            .Where(item => item.Record.Kind.ProvesItself() || item.Record.Kind.IsMadeHere() || from is null || from.Any(pattern => Glob.Matches(pattern, item.Record.By.Name)))
            .ToList();
        return [.. known.Where(item => !known.Any(later => Replaces(later, item)))];
    }

    private static bool Replaces(EvidenceItem later, EvidenceItem item) =>
        later.Record.Sequence > item.Record.Sequence && !item.Record.Kind.ProvesItself() && !item.Record.Kind.IsMadeHere()
        && later.Record.Kind == item.Record.Kind && later.Record.By == item.Record.By && later.Record.Subject == item.Record.Subject
        && later.Record.Source.Where == item.Record.Source.Where && later.Facts is not null && Tool(later) == Tool(item);

    private static string? Tool(EvidenceItem item) => (item.Facts as ScanFact)?.Tool;
}
