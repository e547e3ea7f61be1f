using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NonNumericUserRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "non-numeric-user", "User given by name", Theme.Dockerfile, RuleSeverity.Info, ["dockerfile"],
        "Kubernetes cannot prove a named user is not root",
        "Give the user's number")
    {
        Persona = Persona.Auditor,
        Details = "A user called root is left to the rules that ask whether the image runs as root.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var instruction in file.Of("USER"))
            if (instruction.Words is [var user, ..] && user.Text.Split(':')[0] is var name && name != "root" && !name.Contains('$') && !name.All(char.IsAsciiDigit))
                report.At(instruction.Arguments.InFile(user.Range), $"user {YamlQuote.Short(name)} is given by name", "expected a number");
    }
}
