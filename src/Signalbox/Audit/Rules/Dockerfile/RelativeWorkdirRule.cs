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
        Fix = FixSafety.Safe,
        Details = "After an absolute WORKDIR of the same stage a relative one is plain, but only for who reads all of it: shown to `--persona pedantic`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            var absolute = false;
            string? known = null;
            foreach (var workdir in file.In(stage).Where(i => i.Name == "WORKDIR" && i.Words.Length > 0))
            {
                var path = workdir.Words[0];
                if (Paths.IsAbsolute(path.Text)) (absolute, known) = (true, path.Text is ['/', ..] && IsPlain(workdir) ? path.Text : null);
                else
                {
                    known = known is not null && IsPlain(workdir) ? known.TrimEnd('/') + "/" + path.Text : null;
                    report.At(workdir.Arguments.InFile(path.Range), $"working directory {YamlQuote.Short(path.Text)} is relative", "expected an absolute path",
                        fix: known is null ? null : report.Fix(FixSafety.Safe, "say it from the root", new TextEdit(workdir.Arguments.InFile(path.Range), known)), level: absolute ? Level.Pedantic : null);
                }
            }
        }
    }

    /// <summary>Whether a path is known as it is written.</summary>
    private static bool IsPlain(Instruction workdir) => !workdir.IsOnBuild && workdir.Words is [{ Text: var path }]
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.') && !path.Split('/').Any(p => p is "." or "..");
}
