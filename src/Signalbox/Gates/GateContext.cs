using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Reports.Scans;
using Signalbox.Gates.BuiltIn;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <summary>The inputs as the gates look at them.</summary>
/// <param name="evidenceFrom">Principals whose word counts; null for everybody's.</param>
/// <param name="rules">The same file's rule of each gate.</param>
internal sealed class GateContext(GateInputs inputs, IReadOnlyList<string>? evidenceFrom, Func<string, GateRule> rules)
{
    /// <summary>Findings that one decision weighs, each once for each artifact that its scan counts for: more take longer than anybody waits.</summary>
    internal const int MostFindings = 100_000;

    private readonly IReadOnlyList<EvidenceItem> _items = InForce(inputs.Evidence, evidenceFrom, Signers(inputs, rules(GateTable.Signature)));
    private long? _findings;

    public GateInputs Inputs => inputs;

    public ReleaseFacts Release => inputs.Release;

    public DateTimeOffset Now => inputs.At;

    /// <summary>What the same file demands of a gate.</summary>
    public GateRule Rule(string gate) => rules(gate);

    /// <summary>Whether somebody brings the release: its submitter, whoever made it, or whoever began what goes on by itself now.</summary>
    public bool Brings(EvidenceItem item) => item.Record.By.Name == Release.Submitter || item.Record.By.Name == Release.Creator || Began(item);

    /// <summary>Whether a promotion without a person goes on with what somebody took out in the environment before: the second person is then not they.</summary>
    public bool Began(EvidenceItem item) => inputs.Starters.Contains(item.Record.By.Name, StringComparer.Ordinal);

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

    /// <summary>The scans of an artifact that can be read; none, with a line, where all together have more findings than are weighed.</summary>
    public IReadOnlyList<(EvidenceItem Item, ScanFact Facts)> Scans(Digest artifact, GateLines lines)
    {
        var scans = Read<ScanFact>(About(artifact, EvidenceKind.Scan), lines);
        if (scans.Count == 0 || !HasTooManyFindings) return scans;
        lines.Undecided("gate-evidence-too-much", $"the scans of this release have {_findings:N0} findings, each counted for each artifact; one decision weighs {MostFindings:N0}, so what they say together is not known",
            $"signalbox evidence list --release {Release.Id}   # then: signalbox evidence withdraw ID, and a scan of what the release itself has", scans.Select(scan => scan.Item));
        return [];
    }

    public bool HasTooManyFindings =>
        (_findings ??= Artifacts.Sum(artifact => About(artifact.Digest, EvidenceKind.Scan).Sum(item => (item.Facts as ScanFact)?.Findings.Count ?? 0L))) > MostFindings;

    /// <summary>"security (@acme/appsec)", or the role alone.</summary>
    public string HandTo(string role) => Release.Owners.GetValueOrDefault(role) is { } owner ? $"{role} ({owner})" : role;

    /// <summary>A file whose path reads as an image is taken for one where nothing stands before it.</summary>
    private static string Pasted(string file) => Words.Pasted(ImageReference.NamesRegistry(file) && !file.StartsWith('.') ? $"./{file}" : file);

    /// <summary>A line to paste, where the file lies, that brings evidence of a kind.</summary>
    public string Add(EvidenceKind kind, string file) => $"signalbox evidence add {kind.Word()} {Pasted(file)} --release {Release.Id}";

    /// <summary>
    /// Brings the same evidence made anew: from where it came, under the name and about the subject that it had, so that it replaces
    /// what its principal brought before.
    /// </summary>
    /// <param name="note">What to do before, or in its place.</param>
    public string AddAnew(EvidenceItem item, string? note = null)
    {
        var record = item.Record;
        // one for an application names a release of it, and no digest alone; what is for all goes back to the very digest
        var about = record.Subject == Release.Content || record.For is not null ? $"--release {Release.Id}" : $"--subject {record.Subject}";
        var what = record.Source.Origin == EvidenceOrigin.Registry
            // an image, a space, and what lay with it there
            ? $"signalbox evidence add {Words.Pasted(record.Source.Where.Split(' ')[0])}"
            : $"signalbox evidence add {record.Kind.Word()} {Pasted(FileOf(record.Source.Where))}";
        var key = record.Verification.Verdict == VerificationVerdict.Verified && item.Facts?.Signer?.Key is not null ? " --key acme.key.pub" : "";
        return $"{what} {about}{key}{(note is null ? "" : $"   # {note}")}";
    }

    /// <summary>Of one line of many the file that has them all (<c>attestations.jsonl line 3</c>).</summary>
    private static string FileOf(string where) =>
        where.LastIndexOf(".jsonl line ", StringComparison.OrdinalIgnoreCase) is > 0 and var at && where[(at + 12)..].All(char.IsAsciiDigit) ? where[..(at + 6)] : where;

    public string Name((Digest Digest, string Services) artifact) => $"{artifact.Services} ({artifact.Digest.Value[..19]}…)";

    /// <summary>Whether a policy that names principals listens to who handed something in; facts of nobody else are looked at.</summary>
    /// <param name="from">Null for everybody.</param>
    public static bool IsHeard(EvidenceRecord record, IReadOnlyList<string>? from) =>
        record.Kind.ProvesItself() || record.Kind.IsMadeHere() || IsNamed(record.By.Name, from);

    /// <summary>Whether the policy takes the word of a principal.</summary>
    public bool Hears(string principal) => IsNamed(principal, evidenceFrom);

    private static bool IsNamed(string principal, IReadOnlyList<string>? from) => from is null || from.Any(pattern => Glob.Matches(pattern, principal));

    /// <summary>
    /// A principal that hands in the same report anew (same kind, tool and name) replaces its own earlier one. Nobody replaces
    /// another's: then both count, and the worse one decides.
    /// </summary>
    private static IReadOnlyList<EvidenceItem> InForce(EvidenceSet evidence, IReadOnlyList<string>? from, IReadOnlyList<SignerRules> signers)
    {
        var known = evidence.Items.DistinctBy(item => item.Record.Id).OrderBy(item => item.Record.Sequence).Where(item => IsHeard(item.Record, from) && !IsStrangers(item, signers)).ToList();
        var newest = known.Where(item => item.Facts is not null).GroupBy(Series).ToDictionary(series => series.Key, series => series.Last().Record.Sequence);
        var newestSarif = known.Where(item => item.Facts is ScanFact { Tool: SarifReader.Tool }).GroupBy(File).ToDictionary(file => file.Key, file => file.Last().Record.Sequence);
        bool IsReplaced(EvidenceItem item) => (newest.TryGetValue(Series(item), out var last) && last > item.Record.Sequence)
            // read by a version that did not look whose report it was
            || (item.Facts is ScanFact { Tool: SarifReader.Tool, Drivers: null } && newestSarif.TryGetValue(File(item), out var later) && later > item.Record.Sequence);
        return [.. known.Where(item => item.Record.Kind.ProvesItself() || item.Record.Kind.IsMadeHere() || !IsReplaced(item))];
    }

    private static (EvidenceKind, Principal, string?, Digest, string) File(EvidenceItem item) => (item.Record.Kind, item.Record.By, item.Record.For, item.Record.Subject, item.Record.Source.Where);

    /// <summary>What a report that is handed in anew has in common with the one before.</summary>
    private static ((EvidenceKind, Principal, string?, Digest, string) File, string? Tool) Series(EvidenceItem item) => (File(item), (item.Facts as ScanFact)?.Name);

    /// <summary>
    /// Whom a file takes: its own signers, or those of the environment's policies where it names none. A release's own file names none
    /// for others.
    /// </summary>
    private static IReadOnlyList<SignerRules> Signers(GateInputs inputs, GateRule own) => new SignerRules(own, needsIssuers: true) is { NamesNobody: false } named
        ? [named]
        : [.. inputs.Layers.Select(layer => layer.Policy).OfType<Policy>().Select(policy => new SignerRules(policy.Rule(GateTable.Signature), needsIssuers: true)).Where(rules => !rules.NamesNobody)];

    /// <summary>
    /// Whoever may push to a registry attaches to an image what they like, and whoever imports it reads none of it: a signed report
    /// from there is its signer's word, and counts where the signature gate would take that signer's. Whose it is that cannot be read
    /// is not known: it may be what would deny.
    /// </summary>
    private static bool IsStrangers(EvidenceItem item, IReadOnlyList<SignerRules> signers) =>
        item is { Record: { Source.Origin: EvidenceOrigin.Registry, Verification.Verdict: VerificationVerdict.Verified }, Facts: { } facts } && signers.All(rules => rules.Refuses(facts.Signer) is not null);
}
