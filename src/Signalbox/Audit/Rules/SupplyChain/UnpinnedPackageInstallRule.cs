using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedPackageInstallRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-package-install", "Package installed without an exact version", Theme.SupplyChain, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The same commit builds differently tomorrow", "Name the version (`pip install requests==2.32.3`), or install from a lock file")
    {
        Details = "What the build or its tests load: a package without `==`, a branch of a repository. Tools that are only run (packaging, linters, test runners) are no finding outside "
            + "GitHub Actions; neither is the project itself, a requirements file or a lock file.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Pipeline.Platform == Platform.GitHubActions || site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            foreach (var word in PackageInstall.Unpinned(command))
                report.At(script.InFile(word.Range), $"`{command.Program}` installs '{YamlQuote.Short(word.Text)}' in whatever version is newest", "expected an exact version");
    }
}
