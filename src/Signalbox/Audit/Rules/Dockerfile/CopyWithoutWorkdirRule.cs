using Signalbox.Audit.Docker;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CopyWithoutWorkdirRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "copy-without-workdir", "Relative COPY target without a working directory", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "Files land where the base image happens to be",
        "Set WORKDIR before it, or give an absolute target")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            var set = Inherits(file, stage.Base);
            foreach (var instruction in file.In(stage))
                if (instruction.Name == "WORKDIR") set = true;
                else if (!set && instruction.Name == "COPY" && instruction.Words is [_, .., var target] && !Paths.IsAbsolute(target.Text))
                    report.At(instruction.Arguments.InFile(target.Range), $"COPY to {YamlQuote.Short(target.Text)} without a working directory", "it lands where the base image happens to be");
        }
    }

    private static bool Inherits(Docker.Dockerfile file, Docker.DockerStage? stage)
    {
        for (; stage is not null; stage = stage.Base)
            if (file.In(stage).Any(i => i.Name == "WORKDIR")) return true;
        return false;
    }
}
