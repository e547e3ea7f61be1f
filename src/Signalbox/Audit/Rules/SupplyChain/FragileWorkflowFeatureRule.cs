using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FragileWorkflowFeatureRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "fragile-workflow-feature", "Feature known to be fragile or unanalysable", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "Some supported features defeat review or behave by surprise", "Use a shell whose scripts can be read (bash, pwsh), and install packages into an environment of their own")
    {
        Fix = FixSafety.Unsafe,
        Details = "`shell: cmd`, which has no grammar; `pip-install` of `actions/setup-python`, which installs beside everything else. Shells that GitHub does not document are for auditors. "
            + "The fix changes `shell: cmd` to `pwsh` where the script is one plain command.",
    };

    // docs.github.com, "Workflow syntax", jobs.<job_id>.steps[*].shell
    private static readonly string[] s_documented = ["bash", "sh", "pwsh", "powershell", "python"];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions) return;
        if (site.Step.Uses is { } uses && uses.Is("actions/setup-python") && site.Step.Node.Get("with").Entry("pip-install") is { } install)
            report.At(install.Range, "packages are installed into the interpreter that everything shares", "expected a virtual environment");
        if (site.Step.Script is null || site.Step.Shell is not { } shell || shell.Contains("${{", StringComparison.Ordinal)) return;
        var name = Name(shell);
        var entry = site.Step.Node.Entry("shell");
        if (name is "cmd" or "cmd.exe") report.At(entry?.Range ?? site.Step.Range, "the script runs in cmd, which nobody can check", "expected pwsh or bash", fix: Mend(site.Step, entry, report));
        else if (!s_documented.Contains(name)) report.At(entry?.Range ?? site.Step.Range, $"the script runs in '{YamlQuote.Short(shell)}', which is not one of GitHub's shells", level: Level.Auditor);
    }

    private static string Name(string shell)
    {
        var program = shell.Split(' ', 2)[0];
        return program[(program.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant();
    }

    /// <summary>A single command without cmd's own signs means the same in PowerShell.</summary>
    private static Fix? Mend(Step step, YamlEntry? shell, Report report) =>
        shell is not null && step.Script is { } script && script.Text.Trim().All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' or '/' or '=' or ':')
            ? report.Fix(FixSafety.Unsafe, "run it in PowerShell", YamlPatch.SetValue(report.File.Text, shell, "pwsh"))
            : null;
}
