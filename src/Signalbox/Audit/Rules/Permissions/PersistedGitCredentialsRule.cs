using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PersistedGitCredentialsRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "persisted-git-credentials", "Checkout leaves credentials on disk", Theme.Permissions, RuleSeverity.Medium, ["github-actions"],
        "The token stays in .git/config for later steps and uploaded artifacts",
        "Set persist-credentials: false on the checkout, and hand a token only to the step that pushes")
    {
        Fix = FixSafety.Safe,
        Details = "Shown to everyone where a later step of the job uploads files or is code of someone else, who could read the token; else pedantic. A checkout that says `true` is for auditors.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses || !uses.Is("actions/checkout")) return;
        var given = site.Step.Node.Get("with").Entry("persist-credentials");
        if (given?.Value.Boolean() == false || given?.Value.Text() == "false") return;
        // whoever wrote it out wants it: only an auditor asks again
        report.At(uses.Range, "the checkout writes the job's token into .git/config and leaves it there", "persist-credentials is not false",
            fix: Mend(site.Step, given, report), level: given is not null ? Level.Auditor : IsExposed(site) ? null : Level.Pedantic);
    }

    /// <summary>Whether the token may leave the job's own scripts: by upload, or through code from elsewhere.</summary>
    private static bool IsExposed(PipelineStep site) => site.Job.Steps.SkipWhile(s => !ReferenceEquals(s, site.Step)).Skip(1).Any(s =>
        s.Uses is { IsLocal: false } uses && (uses.Is("actions/upload-artifact") || !(uses.Name.StartsWith("actions/", StringComparison.OrdinalIgnoreCase) || uses.Name.StartsWith("github/", StringComparison.OrdinalIgnoreCase))));

    private static Fix Mend(Step step, YamlEntry? given, Report report)
    {
        var text = report.File.Text;
        const string Setting = "persist-credentials: false";
        var edit = given is not null ? YamlPatch.SetValue(text, given, "false")
            : step.Node.Mapping("with") is { } with ? YamlPatch.Add(text, with, Setting)
            : YamlPatch.Add(text, step.Node!, $"with:\n  {Setting}", step.Node.Entry("uses"));
        return report.Fix(FixSafety.Safe, "do not keep the credentials", edit);
    }
}
