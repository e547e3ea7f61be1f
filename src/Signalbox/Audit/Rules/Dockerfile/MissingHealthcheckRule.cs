namespace Signalbox.Audit.Rules;

internal sealed class MissingHealthcheckRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "missing-healthcheck", "Image without a health check", Theme.Dockerfile, RuleSeverity.Info, ["dockerfile"],
        "A plain container host cannot tell whether it works",
        "Add HEALTHCHECK, where something else than Kubernetes runs the image")
    {
        Persona = Persona.Auditor,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        if (file.Last is { } last && !file.Instructions.Any(i => i.Name == "HEALTHCHECK" && file.IsInImage(i.Stage)))
            report.At(last.From.Range, "the image has no health check", "expected HEALTHCHECK");
    }
}
