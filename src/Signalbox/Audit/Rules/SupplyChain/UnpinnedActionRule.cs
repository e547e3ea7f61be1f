using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedActionRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "unpinned-action", "Action or reusable workflow not pinned to a commit", Theme.SupplyChain, RuleSeverity.High, ["github-actions"],
        "A tag or branch can be moved to other code after review", "Name the commit and keep the version as a comment: uses: OWNER/NAME@40HEX # v1.2.3")
    {
        Fix = FixSafety.Safe,
        Details = "GitHub's own actions by tag are pedantic: whoever could move those tags runs your jobs already. The fix pins to a commit that the repository itself already uses for the same tag, "
            + "or that a lock file knows; it never guesses. The builders of slsa-framework/slsa-github-generator must be named by a full version (its README): auditors only.",
    };

    private static readonly HashSet<string> s_platform = new(StringComparer.OrdinalIgnoreCase) { "actions", "github", "advanced-security" };

    protected override void Check(UsedCode uses, Report report)
    {
        if (uses.IsLocal || uses.IsImage || uses.Name.Contains("${{", StringComparison.Ordinal) || !uses.Name.Contains('/') || IsCommit(uses.Ref)) return;
        var own = s_platform.Contains(uses.Name.Split('/')[0]);
        // its verifiers read the builder's version out of the tag: a commit would make provenance that nobody can verify
        var builder = uses.Name.StartsWith("slsa-framework/slsa-github-generator/.github/workflows/", StringComparison.OrdinalIgnoreCase) && uses.Ref is ['v', ..] && uses.Ref.Split('.').Length == 3;
        report.At(uses.Range, uses.Ref is null ? $"'{YamlQuote.Short(uses.Name)}' is used without a version" : $"'{YamlQuote.Short(uses.Name)}' is used at '{YamlQuote.Short(uses.Ref)}', which can be moved to other code", "expected a commit",
            fix: Mend(uses, report), level: builder ? Level.Auditor : own ? Level.Pedantic : null);
    }

    internal static bool IsCommit(string? reference) => reference is { Length: 40 } && reference.All(char.IsAsciiHexDigit);

    private static Fix? Mend(UsedCode uses, Report report)
    {
        if (uses.Ref is null || uses.Node is not { Style: YamlStyle.Plain } node || report.Repository.Pins().Commit(uses.Repository, uses.Ref) is not { } pin) return null;
        var line = report.File.Text;
        var end = node.Range.End;
        var rest = line.Content.AsSpan(end);
        rest = rest[..(rest.IndexOf('\n') is >= 0 and var length ? length : rest.Length)].TrimEnd();
        // a comment that is there says something else: it stays
        List<TextEdit> edits = [new(node.Range, $"{uses.Name}@{pin.Commit}")];
        if (rest.Length == 0) edits.Add(new(new(end, end), $" # {pin.Version}"));
        return report.Fix(FixSafety.Safe, $"pin to the commit of {pin.Version}", edits.Count == 1 ? edits : [new(node.Range, $"{uses.Name}@{pin.Commit} # {pin.Version}")]);
    }
}
