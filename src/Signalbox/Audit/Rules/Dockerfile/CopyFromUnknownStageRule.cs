using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CopyFromUnknownStageRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "copy-from-unknown-stage", "COPY from an unknown stage", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "It pulls an outside image or fails",
        "Name a stage that stands before it, or an image with its version");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var copy in file.Of("COPY"))
            if (copy.Flag("from") is { } from && !from.Text.Contains('$') && !IsKnown(file, copy, from.Text))
                report.At(copy.Arguments.InFile(from.Range), $"no earlier stage is called {YamlQuote.Short(from.Text)}", "the builder looks for an image of that name");
    }

    // an address, a tag or a digest says that an image is meant
    private static bool IsKnown(Docker.Dockerfile file, Docker.Instruction copy, string from) =>
        from.Contains(':') || from.Contains('/') || from.Contains('@')
        || file.Stages.Any(s => s.Index <= copy.Stage && string.Equals(s.Name, from, StringComparison.OrdinalIgnoreCase))
        || (int.TryParse(from, out var index) && index >= 0 && index <= copy.Stage);
}
