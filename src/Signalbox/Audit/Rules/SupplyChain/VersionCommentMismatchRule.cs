using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class VersionCommentMismatchRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "version-comment-mismatch", "Version comment disagrees with the pinned hash", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "The reader believes in a version that does not run", "Write the version that the commit has, or the commit of that version")
    {
        Fix = FixSafety.Safe,
        Details = "Known are the commits of releases that most workflows use, and what the repository's other files say of the same commit. A pin without a version is pedantic.",
    };

    protected override void Check(UsedCode uses, Report report)
    {
        if (!UnpinnedActionRule.IsCommit(uses.Ref)) return;
        var comment = VersionComment.After(report.File.Text, uses.Range.End);
        var known = report.Repository.Lock(uses)?.TagOf(uses.Ref!) ?? KnownCommits.Version(uses.Repository, uses.Ref!);
        if (comment?.Version is not { } said)
        {
            if (comment is null) report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' is pinned to a commit without the version beside it", level: Level.Pedantic,
                fix: known is not null && uses.Node is { Style: YamlStyle.Plain } node ? report.Fix(FixSafety.Safe, "name the version", new TextEdit(new(node.Range.End, node.Range.End), $" # {known}")) : null);
            return;
        }
        if (known is not null && !Fits(known, said))
            report.At(comment.Value.Range, $"the comment says {said}; the commit is {known} of {uses.Repository}", fix: report.Fix(FixSafety.Safe, "name the version that runs", new TextEdit(comment.Value.Range, known)));
        else if (known is null && Other(uses, said, report) is { } other)
            report.In(report.File, comment.Value.Range, $"the comment says {said}; elsewhere the same commit is called {other.Version}", related: other.At);
    }

    // v4 is right for v4.2.2
    private static bool Fits(string version, string said) => Bare(version) == Bare(said) || Bare(version).StartsWith(Bare(said) + ".", StringComparison.Ordinal);

    private static string Bare(string version) => version.TrimStart('v', 'V');

    private static ActionPin? Other(UsedCode uses, string said, Report report) => report.Repository.Pins().Of(uses.Repository).FirstOrDefault(p =>
        p.Commit.Equals(uses.Ref, StringComparison.OrdinalIgnoreCase) && !Fits(p.Version, said) && !Fits(said, p.Version));
}
