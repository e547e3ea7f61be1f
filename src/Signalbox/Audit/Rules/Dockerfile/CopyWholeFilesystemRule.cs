using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CopyWholeFilesystemRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "copy-whole-filesystem", "Whole filesystem copied between stages", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The point of the stages is lost and build secrets come along",
        "Copy the files that are needed")
    {
        Details = "A last stage that is built on scratch and flattens another one on purpose is shown to `--persona pedantic`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var copy in file.Of("COPY"))
            if (copy.Flag("from") is { } from && copy.Words is [.. var sources, { Text: "/" }] && sources.Any(s => s.Text is "/" or "/." or "/*"))
                report.At(copy.Range, $"everything of {YamlQuote.Short(from.Text)} is copied", "build tools and secrets come along", level: file.Last is { Image: "scratch" } last && last.Index == copy.Stage ? Level.Pedantic : null);
    }
}
