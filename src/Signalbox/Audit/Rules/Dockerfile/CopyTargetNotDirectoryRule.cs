using Signalbox.Audit.Docker;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CopyTargetNotDirectoryRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "copy-target-not-directory", "Several sources copied to a non-directory", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "The build fails",
        "End the target with a slash")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var copy in file.Instructions.Where(i => i.Name is "COPY" or "ADD"))
            if (copy.Words is [_, _, .., var target] && !target.Text.EndsWith('/') && !target.Text.EndsWith('\\') && target.Text is not ("." or "..") && !target.Text.EndsWith("/.", StringComparison.Ordinal) && !target.Text.StartsWith('$') && !copy.Words[0].Text.StartsWith("<<", StringComparison.Ordinal))
                report.At(copy.Arguments.InFile(target.Range), $"{copy.Words.Length - 1} sources are copied to {YamlQuote.Short(target.Text)}", "expected a slash at the end",
                    fix: copy.IsExec || report.File.Text.Slice(copy.Arguments.InFile(target.Range)) is ['"', ..] or ['\'', ..] ? null : DockerFix.After(report, FixSafety.Safe, "make it a directory", copy.Arguments.InFile(target.Range), "/"));
    }
}
