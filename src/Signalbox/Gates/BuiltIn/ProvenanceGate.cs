using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// Each artifact has one verified SLSA provenance of the level that is asked, for the source that the release names
/// (slsa.dev, "Verifying artifacts": subject, builder, source, build type, no unexpected parameters).
/// </summary>
internal static class ProvenanceGate
{
    private const string NobodyTrusted = "gate-provenance-nobody-trusted", SourcesLine = "provenance: { mode: enforce, sources: [github.com/OWNER/REPO] }   # in policy.yaml";

    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Provenance);
            var statements = context.Read<ProvenanceFact>(items, lines);
            var judged = statements.Select(statement => (statement.Item, statement.Facts, Problem: Problem(context, rule, statement.Item, statement.Facts, artifact.Digest))).ToList();
            if (judged.FirstOrDefault(statement => statement.Problem is null) is { Item: not null } good)
                lines.Allow($"{context.Name(artifact)} was built by {good.Facts.Builder} (SLSA level {Number(good.Facts.Level)}) from {good.Facts.Source ?? "an unnamed source"}", good.Item);
            else if (items.Count == 0)
                lines.Deny("gate-provenance-missing", $"{context.Name(artifact)} has no provenance; expected a signed SLSA statement about {artifact.Digest}", Remedy(context, rule));
            else
                foreach (var (item, _, problem) in judged)
                    lines.Deny(problem!.Value.Id, $"the provenance of {context.Name(artifact)} does not count: {problem.Value.Text}", problem.Value.Id == NobodyTrusted ? SourcesLine : Remedy(context, rule), item);
        }
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
        // a certificate proves whose workflow it was, and anybody has one
        if (facts.Signer?.Key is null && rule.Settings.GetValueOrDefault("identities") is null && rule.Settings.GetValueOrDefault("sources") is null)
            return (NobodyTrusted, $"no policy says whose builds count, and this is one of {facts.Source ?? "an unnamed source"}; expected sources or identities");
        return Builder(rule, facts) ?? Source(context, rule, facts);
    }

    private static (string, string)? Builder(GateRule rule, ProvenanceFact facts)
    {
        var asked = GateValues.Count(rule.Values("level"));
        var level = Math.Max(facts.Level, facts.Signer?.Key is null ? 0 : Level(rule, facts.Builder));
        if (level < asked) return ("gate-provenance-level", $"its builder {facts.Builder} is known for level {Number(level)}; expected {Number(asked)} or more");
        if (!Accepts(rule, "builders", facts.Builder)) return ("gate-provenance-builder", $"its builder {facts.Builder} is none of those that count");
        if (!Accepts(rule, "buildTypes", facts.BuildType)) return ("gate-provenance-build-type", $"its build type {facts.BuildType} is none of those that count");
        var unknown = facts.Unknown.Except(rule.Values("parameters"), StringComparer.Ordinal).ToList();
        return unknown.Count > 0 ? ("gate-provenance-parameters", $"it was built with {string.Join(", ", unknown.Take(5))} from outside, which nobody expects") : null;
    }

    /// <summary>What the policy says of a builder that signs with a plain key: <c>LEVEL BUILDER</c>.</summary>
    private static int Level(GateRule rule, string builder) => rule.Values("levels").Select(text => text.Split(' ', 2))
        .Where(parts => parts is [_, { } pattern] && Glob.Matches(pattern, builder))
        .Select(parts => int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var level) ? level : 0).DefaultIfEmpty(0).Max();

    private static (string, string)? Source(GateContext context, GateRule rule, ProvenanceFact facts)
    {
        if (rule.Settings.GetValueOrDefault("sources") is { } sources && !(Repository(facts.Source) is { } source && sources.Any(pattern => Glob.Matches(Repository(pattern)!, source))))
            return ("gate-provenance-source", $"it was built from {facts.Source ?? "an unnamed source"}, which is none of the sources that count");
        if (!Accepts(rule, "refs", facts.Ref)) return ("gate-provenance-ref", $"it was built from {facts.Ref ?? "an unnamed ref"}, which is none of the refs that count");
        var commit = context.Release.Source?.Commit;
        return commit is not null && facts.Commit is not null && !facts.Commit.StartsWith(commit, StringComparison.OrdinalIgnoreCase) && !commit.StartsWith(facts.Commit, StringComparison.OrdinalIgnoreCase)
            ? ("gate-provenance-commit", $"it was built from commit {facts.Commit}; the release says {commit}")
            : null;
    }

    /// <summary>The same repository is written in many ways; policies have it as <c>github.com/acme/shop</c>.</summary>
    private static string? Repository(string? source)
    {
        if (source is null) return null;
        var text = source.StartsWith("git+", StringComparison.Ordinal) ? source[4..] : source;
        if (text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme) text = text[(scheme + 3)..];
        if (text.IndexOf('@') is > 0 and var at) text = text[..at];
        return text.EndsWith(".git", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static bool Accepts(GateRule rule, string key, string? value)
    {
        var accepted = rule.Settings.GetValueOrDefault(key);
        return accepted is null || (value is not null && accepted.Any(pattern => Glob.Matches(pattern, value)));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
