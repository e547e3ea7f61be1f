using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class AdhocPackageInstallRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "adhoc-package-install", "Package installed outside a lock file", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "Nothing records what was installed or checks its hash", "Put the package into the manifest and its lock file, and install from that (npm ci, bundle install)")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions || site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            if (Package(command) is { } package) report.At(script.InFile(command.Range), $"`{command.Program}` installs '{Yaml.YamlQuote.Short(package)}' outside the lock file");
    }

    private static string? Package(ShellCommand command) => command.Program switch
    {
        "npm" => command.Verb is "install" or "i" or "add" or "in" or "ins" or "inst" or "insta" or "instal" or "isnt" or "isnta" or "isntal" or "isntall" ? Named(command, 1) : null,
        "yarn" => command.Verb == "add" ? Named(command, 1) : command.Is("yarn", "global", "add") ? Named(command, 2) : null,
        "pnpm" => command.Verb is "add" or "install" or "i" ? Named(command, 1) : null,
        "gem" => command.Verb is "install" or "i" ? Named(command, 1) : null,
        "bundle" or "bundler" => command.Verb == "add" ? Named(command, 1) : null,
        _ => null,
    };

    /// <summary>The first package by name: what lies in the tree or at an address is another matter.</summary>
    private static string? Named(ShellCommand command, int verbs) =>
        command.Arguments.Where(a => !a.Text.StartsWith('-')).Skip(verbs).Select(a => a.Text)
            .FirstOrDefault(a => !a.StartsWith('.') && !a.StartsWith('/') && !a.EndsWith(".tgz", StringComparison.Ordinal) && !a.EndsWith(".gem", StringComparison.Ordinal) && !a.Contains("*.") && !a.StartsWith('$'));
}
