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
        var sets = new HashSet<int>();
        foreach (var stage in file.Stages)
        {
            var set = stage.Base is { } below && sets.Contains(below.Index);
            foreach (var instruction in file.In(stage))
                if (instruction.Name == "WORKDIR") set = true;
                else if (!set && instruction.Name == "COPY" && instruction.Words is [_, .., var target] && !Paths.IsAbsolute(target.Text))
                    report.At(instruction.Arguments.InFile(target.Range), $"COPY to {YamlQuote.Short(target.Text)} without a working directory", "it lands where the base image happens to be");
            if (set) sets.Add(stage.Index);
        }
    }
}
