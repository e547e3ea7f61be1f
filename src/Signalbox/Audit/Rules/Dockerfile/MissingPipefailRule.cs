using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingPipefailRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "missing-pipefail", "Pipe without pipefail", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "A failed download passes as success",
        "Set SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it (Alpine: /bin/ash -eo pipefail -c)")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Where a download feeds the pipe it is shown to everyone.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            var safe = stage.Image.Contains("windows", StringComparison.OrdinalIgnoreCase) || stage.Image.Contains("nanoserver", StringComparison.OrdinalIgnoreCase);
            var mended = false;
            foreach (var instruction in file.In(stage))
            {
                if (instruction.Name == "SHELL") (safe, mended) = (IsSafe(instruction), false);
                if (!safe && instruction is { Name: "RUN", IsExec: false, Script: { } script } && Pipe(script.Shell) is { } pipe)
                {
                    report.At(script.InFile(pipe.Range), $"when `{YamlQuote.Short(pipe.Program)}` fails here, the pipe still succeeds", "expected pipefail",
                        // one SHELL holds for every step after it
                        fix: instruction.IsOnBuild || mended ? null : report.Fix(FixSafety.Unsafe, "let a pipe fail with any of its parts", new TextEdit(new(instruction.Range.Start, instruction.Range.Start), Shell(stage) + YamlPatch.Break(report.File.Text.Content))),
                        level: pipe.Program is "curl" or "wget" ? new(Persona: Persona.Regular) : null);
                    mended |= !instruction.IsOnBuild;
                }
            }
        }
    }

    private static bool IsSafe(Docker.Instruction shell) =>
        shell.Words.Any(w => w.Text.Contains("pipefail", StringComparison.Ordinal)) || shell.Words is [{ Text: var program }, ..] && (program.Contains("powershell", StringComparison.OrdinalIgnoreCase) || program.Contains("pwsh", StringComparison.Ordinal) || program.StartsWith("cmd", StringComparison.OrdinalIgnoreCase));

    private static ShellCommand? Pipe(ShellScript script) =>
        script.Text.Contains("pipefail", StringComparison.Ordinal) ? null
        : script.Commands.FirstOrDefault(c => c.Link == ShellLink.Pipe && c.Program is "curl" or "wget" && c.Link == ShellLink.Pipe) ?? script.Commands.FirstOrDefault(c => c.Link == ShellLink.Pipe && c.Program is not ("yes" or "echo" or "printf"))
            ?? script.Commands.FirstOrDefault(c => c.Link == ShellLink.Pipe);

    private static string Shell(Docker.DockerStage stage) => stage.Image.Contains("alpine", StringComparison.OrdinalIgnoreCase) || stage.Image.Contains("busybox", StringComparison.OrdinalIgnoreCase)
        ? "SHELL [\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]" : "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]";
}
