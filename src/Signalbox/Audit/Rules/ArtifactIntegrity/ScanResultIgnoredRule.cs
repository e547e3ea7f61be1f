using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ScanResultIgnoredRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "scan-result-ignored", "Scan result cannot stop the release", Theme.ArtifactIntegrity, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A scan whose exit code is thrown away gates nothing", "Let the scan fail on what you will not ship: trivy --exit-code 1 --severity CRITICAL, grype --fail-on critical")
    {
        Fix = FixSafety.Unsafe,
        Details = "`|| true` and its relatives, trivy and grype without an exit code, `fail-build: false`, switches that let a scan pass (`-no-fail`, `--exit-zero`, `--audit-level=none`), and `dotnet list package --vulnerable`, which only prints: where its output goes on, something else may judge it. A report that goes to code scanning (SARIF) is pedantic: a rule there may stop the merge.",
    };

    public void Check(PipelineStep site, Report report)
    {
        foreach (var scan in site.Step.Activities)
            if (scan is { Kind: ActivityKind.Scan, Toothless: { } why })
                report.At(scan.Range, $"`{YamlQuote.Short(scan.Tool)}` cannot stop anything: {why}", "expected its failure to fail the job", fix: Mend(site.Step, scan, report), level: IsReported(site) ? Level.Pedantic : null);
    }

    private static bool IsReported(PipelineStep site) =>
        site.Step.Input("format") is "sarif" || site.Step.Activities.Any(a => a.Command?.Value("--format") == "sarif" || a.Command?.Value("-f") == "sarif")
        || site.Job.Steps.Any(s => s.Uses?.Is("github/codeql-action/upload-sarif") == true);

    private static Fix? Mend(Step step, Activity scan, Report report)
    {
        var text = report.File.Text;
        if (scan.Command is null)
        {
            if (!scan.Tool.Equals("aquasecurity/trivy-action", StringComparison.OrdinalIgnoreCase) || step.Node is not { } node) return null;
            var edit = node.Mapping("with") is not { } with ? YamlPatch.Add(text, node, "with:\n  exit-code: '1'", node.Entry("uses"))
                : with.Entry("exit-code") is { } entry ? YamlPatch.SetValue(text, entry, "'1'")
                : YamlPatch.Add(text, with, "exit-code: '1'");
            return report.Fix(FixSafety.Unsafe, "let findings fail the step", edit);
        }
        return Without(step.Script!, scan, report) ?? Mend(step.Script!, scan.Command, report);
    }

    /// <summary>The command without the switch that lets it pass.</summary>
    private static Fix? Without(Script script, Activity scan, Report report)
    {
        var words = scan.Command!.Words;
        for (var i = 1; i < words.Length; i++)
            if (words[i].Text == scan.Toothless && words[i].Text.StartsWith('-') && new TextRange(words[i - 1].Range.End, words[i].Range.End) is var piece && script.InFile(piece) is var place && report.File.Text.Slice(place) == script.Text[piece.Start..piece.End])
                return report.Fix(FixSafety.Unsafe, "let findings fail the scan", new TextEdit(place, ""));
        return null;
    }

    private static Fix? Mend(Script script, ShellCommand command, Report report)
    {
        var text = report.File.Text;
        if (command.Link == ShellLink.Or && script.Shell.After(command) is { } next)
        {
            var piece = script.InFile(new(command.Range.End, next.Range.End));
            return text.Slice(piece) == script.Text[command.Range.End..next.Range.End] ? report.Fix(FixSafety.Unsafe, "let the scan fail", new TextEdit(piece, "")) : null;
        }
        if (command.Program != "trivy" || command.Verb is null) return null;
        var option = command.Option("--exit-code");
        if (option is { Text: "--exit-code=0" } joined) return report.Fix(FixSafety.Unsafe, "let findings fail the scan", new TextEdit(script.InFile(joined.Range), "--exit-code=1"));
        if (option is not null) return command.Arguments.SkipWhile(a => a != option).Skip(1).FirstOrDefault() is { Text: "0" } zero ? report.Fix(FixSafety.Unsafe, "let findings fail the scan", new TextEdit(script.InFile(zero.Range), "1")) : null;
        var verb = command.Arguments.First(a => a.Text == command.Verb);
        var where = script.InFile(verb.Range);
        return text.Slice(where) == verb.Text ? report.Fix(FixSafety.Unsafe, "let findings fail the scan", new TextEdit(new(where.End, where.End), " --exit-code 1")) : null;
    }
}
