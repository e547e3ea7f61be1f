using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// Each artifact has one verified SLSA provenance of the level that is asked, for the source that the release names
/// (slsa.dev, "Verifying artifacts": subject, builder, source, build type, no unexpected parameters).
/// </summary>
internal static class ProvenanceGate
{
    private const string NobodyTrusted = "gate-provenance-nobody-trusted", AnybodysWorkflow = "gate-provenance-anybodys-workflow", BuilderNotNamed = "gate-provenance-builder-not-named", LevelsAmbiguous = "gate-provenance-levels-ambiguous",
        SourcesLine = "provenance: { mode: enforce, sources: [github.com/OWNER/REPO] }   # in policy.yaml",
        BuildersLine = "provenance: { mode: enforce, level: 3, builders: [\"https://github.com/OWNER/REPO/.github/workflows/FILE@refs/tags/*\"] }   # in policy.yaml: whose steps no build reaches into",
        LevelsLine = "provenance: { mode: enforce, levels: [\"3 https://ci.example.com/* sha256:…\"] }   # in policy.yaml: which key is which builder's";

    private const int ShortestCommit = 7;

    /// <summary>What a builder that nobody named reaches at most: its own provenance is all that says who it is.</summary>
    private const int MostUnnamed = 2;

    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Provenance);
            var statements = context.Read<ProvenanceFact>(items, lines);
            var judged = statements.Select(statement => (statement.Item, statement.Facts, Problem: Problem(context, rule, statement.Item, statement.Facts, artifact.Digest))).ToList();
            if (judged.FirstOrDefault(statement => statement.Problem is null) is { Item: not null } good)
                lines.Allow($"{context.Name(artifact)} was built by {good.Facts.Builder} (SLSA level {Number(Proven(rule, good.Facts))}) from {good.Facts.Source ?? "an unnamed source"}", good.Item);
            else if (items.Count == 0)
                lines.Deny("gate-provenance-missing", $"{context.Name(artifact)} has no provenance; expected a signed SLSA statement about {artifact.Digest}", Remedy(context, rule));
            else
                foreach (var (item, _, problem) in judged) Say(context, rule, lines, item, problem!.Value, $"the provenance of {context.Name(artifact)} does not count: {problem.Value.Text}");
        }
    }

    private static void Say(GateContext context, GateRule rule, GateLines lines, EvidenceItem item, (string Id, string Text) problem, string text)
    {
        if (problem.Id == LevelsAmbiguous) lines.Undecided(problem.Id, text, LevelsLine, item);
        else lines.Deny(problem.Id, text, problem.Id switch { NobodyTrusted or AnybodysWorkflow => SourcesLine, BuilderNotNamed => BuildersLine, _ => Remedy(context, rule) }, item);
    }

    // where only keys count a certificate helps nobody, and the key must be at hand
    private static string Remedy(GateContext context, GateRule rule) =>
        context.Add(EvidenceKind.Provenance, "provenance.sigstore.json") + (rule.Values("keys").Count > 0 && rule.Values("identities").Count == 0 ? " --key acme.key.pub" : "");

    /// <summary>Whether a rule lets this statement count for this artifact.</summary>
    public static bool Takes(GateContext context, GateRule rule, EvidenceItem item, ProvenanceFact facts, Digest artifact) => Problem(context, rule, item, facts, artifact) is null;

    private static (string Id, string Text)? Problem(GateContext context, GateRule rule, EvidenceItem item, ProvenanceFact facts, Digest artifact)
    {
        if (item.Record.Verification.Verdict != VerificationVerdict.Verified)
            return ("gate-provenance-invalid", item.Record.Verification.Steps is [.., var last] ? last : "it was not verified");
        if (!facts.Names.Contains(artifact)) return ("gate-provenance-other-subject", $"it is about {(facts.Names is [var other, ..] ? other : "something else")}");
        if (new SignerRules(rule).Refuses(facts.Signer, anyIdentity: true) is { } signer) return ("gate-provenance-not-trusted", signer);
        return Anybodys(rule, facts) ?? Builder(rule, facts) ?? Source(context, rule, facts);
    }

    /// <summary>A certificate proves whose workflow it was, and anybody has one, or calls one of somebody else's.</summary>
    private static (string, string)? Anybodys(GateRule rule, ProvenanceFact facts)
    {
        if (facts.Signer is not { Key: null, Identity: var identity } || rule.Settings.GetValueOrDefault("sources") is not null) return null;
        var source = facts.Source ?? "an unnamed source";
        if (rule.Settings.GetValueOrDefault("identities") is null) return (NobodyTrusted, $"no policy says whose builds count, and this is one of {source}; expected sources or identities");
        return facts.Source is not null && SourceRepositories.Has(facts.Source, identity ?? "") ? null
            : (AnybodysWorkflow, $"its signer {identity} is a workflow that built {source}, and anybody may call one; expected sources");
    }

    private static (string, string)? Builder(GateRule rule, ProvenanceFact facts)
    {
        var asked = GateValues.Count(rule.Values("level"));
        if (facts.Signer?.Key is not null && GateValues.AreAmbiguous(rule)) return (LevelsAmbiguous, "the policy has several keys and several levels, and does not say which key is which builder's; expected levels as LEVEL BUILDER KEY");
        var level = Math.Max(Proven(rule, facts), facts.Signer?.Key is { } key ? Level(rule, facts.Builder, key) : 0);
        if (level < asked && facts.Level >= asked) return (BuilderNotNamed, $"its builder {facts.Builder} is known for level {Number(level)}, and for {Number(facts.Level)} only where the policy names it; expected builders");
        if (level < asked) return ("gate-provenance-level", $"its builder {facts.Builder} is known for level {Number(level)}; expected {Number(asked)} or more");
        if (!Accepts(rule, "builders", facts.Builder)) return ("gate-provenance-builder", $"its builder {facts.Builder} is none of those that count");
        if (!Accepts(rule, "buildTypes", facts.BuildType)) return ("gate-provenance-build-type", $"its build type {facts.BuildType} is none of those that count");
        var unknown = facts.Unknown.Except(rule.Values("parameters"), StringComparer.Ordinal).ToList();
        return unknown.Count > 0 ? ("gate-provenance-parameters", $"it was built with {string.Join(", ", unknown.Take(5))} from outside, which nobody expects") : null;
    }

    /// <summary>
    /// What its certificate proves. Any reusable workflow, and any builder that a delegator signs for, runs apart from the build that calls
    /// it; whether its own steps can be trusted nobody says but the policy.
    /// </summary>
    public static int Proven(GateRule rule, ProvenanceFact facts) =>
        BuilderRelease.IsKnown(facts.Builder) || rule.Settings.GetValueOrDefault("builders") is not null ? facts.Level : Math.Min(facts.Level, MostUnnamed);

    /// <summary>What the policy says of a builder that signs with a plain key: <c>LEVEL BUILDER</c>, or with the key that is its own <c>LEVEL BUILDER KEY</c>.</summary>
    private static int Level(GateRule rule, string builder, Digest key) => rule.Values("levels").Select(GateValues.Level)
        .Where(parts => parts is [_, var pattern, ..] && Glob.Matches(pattern, builder) && (parts.Length < 3 || parts[2] == key.Value))
        .Select(parts => int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var level) ? level : 0).DefaultIfEmpty(0).Max();

    private static (string, string)? Source(GateContext context, GateRule rule, ProvenanceFact facts)
    {
        if (rule.Settings.GetValueOrDefault("sources") is { } sources && !(facts.Source is { } source && SignerRules.IsOneOf(sources, source)))
            return ("gate-provenance-source", $"it was built from {facts.Source ?? "an unnamed source"}, which is none of the sources that count");
        if (!Accepts(rule, "refs", facts.Ref)) return ("gate-provenance-ref", $"it was built from {facts.Ref ?? "an unnamed ref"}, which is none of the refs that count");
        var commit = context.Release.Source?.Commit;
        return commit is null || IsSame(commit, facts.Commit) ? null : ("gate-provenance-commit", $"it was built from {(facts.Commit is null ? "an unnamed commit" : $"commit {facts.Commit}")}; the release says {commit}");
    }

    /// <summary>One of them may be shortened, as Git shows commits: to seven digits, fewer are not taken for one.</summary>
    private static bool IsSame(string commit, string? built) => built is { Length: >= ShortestCommit } && commit.Length >= ShortestCommit && built.All(char.IsAsciiHexDigit)
        && (built.StartsWith(commit, StringComparison.OrdinalIgnoreCase) || commit.StartsWith(built, StringComparison.OrdinalIgnoreCase));

    private static bool Accepts(GateRule rule, string key, string? value)
    {
        var accepted = rule.Settings.GetValueOrDefault(key);
        return accepted is null || (value is not null && accepted.Any(pattern => Glob.Matches(pattern, value)));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
