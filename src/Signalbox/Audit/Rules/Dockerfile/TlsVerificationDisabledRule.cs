using Signalbox.Audit.Docker;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class TlsVerificationDisabledRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "tls-verification-disabled", "TLS verification switched off in the build", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "Anything can be served in the download's place",
        "Trust the authority's certificate in the image instead")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
            if (Insecure.TlsFlag(command.Command) is { } word)
                report.At(command.InFile(word.Range), $"`{YamlQuote.Short(command.Command.Program)}` does not check who answers", YamlQuote.Short(word.Text),
                    fix: Insecure.IsWholeFlag(word.Text) && !command.Run.IsExec ? DockerFix.Drop(report, FixSafety.Unsafe, "check the certificate", command.InFile(word.Range)) : null);
        foreach (var command in file.Commands)
            foreach (var word in command.Command.Words)
                if (word.Text.IndexOf('=') is > 0 and var at && Insecure.TlsVariable(word.Text[..at], word.Text[(at + 1)..]) && (ShellCommand.IsAssignment(word)))
                    report.At(command.InFile(word.Range), $"{word.Text[..at]} switches the check of certificates off", "expected it unset");
        foreach (var instruction in file.Instructions.Where(i => i.Name is "ARG" or "ENV"))
            foreach (var pair in instruction.Pairs)
                if (pair.Value is { } value && Insecure.TlsVariable(pair.Name, value))
                    report.At(instruction.Arguments.InFile(pair.Range), $"{pair.Name} switches the check of certificates off", "expected it unset");
    }
}
