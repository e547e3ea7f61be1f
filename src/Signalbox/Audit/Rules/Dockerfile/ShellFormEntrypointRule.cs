using System.Buffers;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ShellFormEntrypointRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "shell-form-entrypoint", "Entrypoint or command in shell form", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The shell swallows the stop signal and the grace period runs out",
        "Write it as a JSON array: [\"node\", \"server.js\"]")
    {
        Fix = FixSafety.Unsafe,
        Details = "With exec before the program the shell hands its place on: shown to `--persona auditor`. Stages that are not in the image too.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var instruction in file.Instructions.Where(i => i.Name is "CMD" or "ENTRYPOINT"))
        {
            if (instruction.IsExec || instruction.Script is not { } script || instruction.Arguments.Text.Trim() is "[]") continue;
            var hands = script.Shell.Commands is [{ Words: [{ Text: "exec" }, ..] }];
            report.At(instruction.Range, $"the shell that runs this {instruction.Name} keeps the stop signal to itself", "expected a JSON array",
                fix: Mend(instruction, script, report), level: hands || !file.IsInImage(instruction.Stage) ? Level.Auditor : null);
        }
    }

    // only plain words mean the same without a shell
    private static Fix? Mend(Docker.Instruction instruction, Pipelines.Script script, Report report)
    {
        if (script.Shell.Commands is not [{ Redirects.Length: 0, Link: ShellLink.End } command] || command.Assignments.Any() || script.Text.AsSpan().ContainsAny(s_shell)) return null;
        var words = command.Words.SkipWhile(w => w.Text == "exec").Select(w => $"\"{w.Text}\"");
        var place = instruction.Arguments.InFile(new(0, instruction.Arguments.Text.TrimEnd().Length));
        return report.Fix(FixSafety.Unsafe, "run the program itself", new TextEdit(place, $"[{string.Join(", ", words)}]"));
    }

    private static readonly SearchValues<char> s_shell = SearchValues.Create("$`|&;<>()*?[]{}~#!\\\"\n");
}
