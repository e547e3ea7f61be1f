namespace Signalbox.Audit.Rules;

internal sealed class InvalidInstructionOrderRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "invalid-instruction-order", "Instruction before FROM", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "The build fails",
        "Begin with FROM; only ARG may stand before it");

    public void Check(Docker.Dockerfile file, Report report)
    {
        if (file.Instructions.FirstOrDefault(i => i.Name is not "ARG") is { Name: not "FROM" } first && s_known.Contains(first.Name))
            report.At(first.Range, $"{first.Name} stands before FROM", "expected FROM or ARG");
    }

    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL", "HEALTHCHECK", "SHELL",
    };
}
