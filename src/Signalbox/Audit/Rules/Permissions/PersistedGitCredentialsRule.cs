using System.Text.RegularExpressions;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class PersistedGitCredentialsRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "persisted-git-credentials", "Checkout leaves credentials on disk", Theme.Permissions, RuleSeverity.Medium, ["github-actions"],
        "The token stays in .git/config for later steps and uploaded artifacts",
        "Set persist-credentials: false on the checkout, and hand a token only to the step that pushes")
    {
        Fix = FixSafety.Safe,
        Details = "Shown to everyone where a later step of the job uploads files or is code of someone else, who could read the token; else pedantic. A checkout that says `true` is for auditors. "
            + "The fix is safe only where no later step may need the token: code from elsewhere may push, and so may a script that names git, a release or a publication.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses || !uses.Is("actions/checkout")) return;
        var given = site.Step.Node.Get("with").Entry("persist-credentials");
        if (given?.Value.Boolean() == false || given?.Value.Text() == "false") return;
        // whoever wrote it out wants it: only an auditor asks again
        report.At(uses.Range, "the checkout writes the job's token into .git/config and leaves it there", "persist-credentials is not false",
            fix: Mend(site, given, report), level: given is not null ? Level.Auditor : IsExposed(site) ? null : Level.Pedantic);
    }

    /// <summary>Whether the token may leave the job's own scripts: by upload, or through code from elsewhere.</summary>
    private static bool IsExposed(PipelineStep site) => After(site).Any(s => s.Uses is { IsLocal: false } uses && (uses.Is("actions/upload-artifact") || !IsPlatforms(uses)));

    private static IEnumerable<Step> After(PipelineStep site) => site.Job.Steps.SkipWhile(s => !ReferenceEquals(s, site.Step)).Skip(1);

    private static bool IsPlatforms(UsedCode uses) => uses.Name.StartsWith("actions/", StringComparison.OrdinalIgnoreCase) || uses.Name.StartsWith("github/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a later step may ask for what the checkout wrote.</summary>
    private static bool MayNeedIt(PipelineStep site) => After(site).Any(s => (s.Uses is { } uses && (uses.IsLocal || !IsPlatforms(uses))) || (s.Script is { } script && Pushing().IsMatch(script.Text)));

    [GeneratedRegex(@"\bgit\b|release|publish|deploy|\bmake\b|\./", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pushing();

    private static Fix Mend(PipelineStep site, YamlEntry? given, Report report)
    {
        var (step, text) = (site.Step, report.File.Text);
        const string Setting = "persist-credentials: false";
        var edit = given is not null ? YamlPatch.SetValue(text, given, "false")
            : step.Node.Mapping("with") is { } with ? YamlPatch.Add(text, with, Setting)
            : YamlPatch.Add(text, step.Node!, $"with:\n  {Setting}", step.Node.Entry("uses"));
        return report.Fix(MayNeedIt(site) ? FixSafety.Unsafe : FixSafety.Safe, "do not keep the credentials", edit);
    }
}
