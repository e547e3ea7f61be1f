using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AddInsteadOfCopyRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "add-instead-of-copy", "ADD where COPY is meant", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "ADD fetches and unpacks by surprise",
        "Use COPY; for a download, curl with a checksum or ADD with --checksum")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Safe,
        Details = "Archives of the build context are what ADD is for. A download without a checksum is shown to `--persona auditor`.",
    };

    private static readonly string[] s_archives = [".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".tzst", ".lzma", ".Z", ".zip"];

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var add in file.Of("ADD"))
        {
            if (add.Words is not [.. var sources, _] || sources.Length == 0 || add.Flag("checksum") is not null || sources.All(s => IsArchive(s.Text))) continue;
            var download = sources.Any(s => IsRemote(s.Text));
            report.At(Keyword(add, report), download ? "ADD downloads without checking what it gets" : $"ADD copies {YamlQuote.Short(sources[0].Text)}", download ? "expected --checksum" : "expected COPY",
                fix: download || add.IsOnBuild || sources.Any(s => IsArchive(s.Text)) ? null : report.Fix(FixSafety.Safe, "copy it", new TextEdit(Keyword(add, report), "COPY")), level: download ? Level.Auditor : null);
        }
    }

    private static TextRange Keyword(Docker.Instruction add, Report report)
    {
        var start = add.Range.Start;
        while (char.IsWhiteSpace(report.File.Text.Content[start])) start++;
        return new(start, start + 3);
    }

    private static bool IsArchive(string source) => !IsRemote(source) && (s_archives.Any(a => source.EndsWith(a, StringComparison.OrdinalIgnoreCase)) || source.Contains(".tar.", StringComparison.Ordinal) || source.Contains('$') || source.StartsWith("<<", StringComparison.Ordinal));

    private static bool IsRemote(string source) => source.Contains("://", StringComparison.Ordinal) || source.StartsWith("git@", StringComparison.Ordinal);
}
