using Signalbox.Audit.Docker;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RelativeWorkdirRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "relative-workdir", "Relative working directory", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "It depends on the base image",
        "Give WORKDIR an absolute path")
    {
        Details = "After an absolute WORKDIR of the same stage a relative one is plain, but only for who reads all of it: shown to `--persona pedantic`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            var absolute = false;
            foreach (var workdir in file.In(stage).Where(i => i.Name == "WORKDIR" && i.Words.Length > 0))
                if (Paths.IsAbsolute(workdir.Words[0].Text)) absolute = true;
                else report.At(workdir.Arguments.InFile(workdir.Words[0].Range), $"working directory {YamlQuote.Short(workdir.Words[0].Text)} is relative", "expected an absolute path", level: absolute ? Level.Pedantic : null);
        }
    }
}
