using Signalbox.Audit.Docker;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PackageSignatureCheckDisabledRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "package-signature-check-disabled", "Package signature check switched off", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "Unsigned packages are installed",
        "Import the repository's key instead")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
            if (Insecure.SignatureFlag(command.Command) is { } word)
                report.At(command.InFile(word.Range), $"`{YamlQuote.Short(command.Command.Program)}` installs unsigned packages", YamlQuote.Short(word.Text),
                    fix: Insecure.IsWholeFlag(word.Text) && !command.Run.IsExec ? DockerFix.Drop(report, FixSafety.Unsafe, "check signatures", command.InFile(word.Range)) : null);
    }
}
