using System.CommandLine;
using Signalbox.Audit;
using Signalbox.Audit.Output;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class AuditVerb
{
    private static readonly Argument<string> Where = new("path")
    {
        Description = "the folder to audit",
        DefaultValueFactory = _ => ".",
        HelpName = "PATH",
    };

    private static readonly Option<string?> Persona = new Option<string?>("--persona")
    {
        Description = "how much to say: what everyone should mend, every improvement, or every place an auditor would look at (default: regular; auditor with --rule)",
        HelpName = "regular|pedantic|auditor",
    }.AcceptOnlyFromAmong("regular", "pedantic", "auditor");

    private static readonly Option<string[]> Only = new("--rule")
    {
        Description = "only this rule; may be given again",
        HelpName = "RULE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string> Level = new Option<string>("--level")
    {
        Description = "the least severity that makes the exit code 1",
        HelpName = "info|low|medium|high|critical",
        DefaultValueFactory = _ => "low",
    }.AcceptOnlyFromAmong("info", "low", "medium", "high", "critical");

    private static readonly Option<string?> Mend = new Option<string?>("--fix")
    {
        Description = "mend what can be mended without changing behaviour; =unsafe or =all also what may change it",
        HelpName = "safe|unsafe|all",
        Arity = ArgumentArity.ZeroOrOne,
    }.AcceptOnlyFromAmong("safe", "unsafe", "all");

    private static readonly Option<bool> NoExitCodes = new("--no-exit-codes")
    {
        Description = "exit 0 also with findings",
    };

    public static Command Create()
    {
        var verb = new Verb("audit", "Read a repository's delivery configuration and say what will hurt. Changes nothing unless told to fix.",
            ["text", "json", "sarif"], ["signalbox audit", "signalbox audit . --fix", "signalbox audit . --format sarif --persona auditor", "signalbox audit . --rule unpinned-action"]);
        verb.Add(Where);
        foreach (var option in (Option[])[Persona, Only, Level, Mend, NoExitCodes]) verb.Add(option);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var root = Root(session.Get(Where)!);
        var rules = new RuleSet(Chosen(session.Get(Only)!));
        var auditor = new Auditor(rules);
        // a rule that is asked for by name shows all it finds
        var persona = Enum.Parse<Persona>(session.Get(Persona) ?? (session.Get(Only)!.Length > 0 ? "auditor" : "regular"), ignoreCase: true);
        if (session.Parsed.GetResult(Mend) is not null) DiskFixes.Apply(auditor, root, Choice(session.Get(Mend)), persona, session);
        var result = auditor.Run(root);
        AuditFinding[] shown = [.. result.Findings.Where(f => f.Persona <= persona)];
        Write(session, shown, result, rules);
        var level = Enum.Parse<RuleSeverity>(session.Get(Level)!, ignoreCase: true);
        return shown.Any(f => f.Severity >= level) && !session.Get(NoExitCodes) ? ExitCode.No : ExitCode.Yes;
    }

    private static void Write(Session session, AuditFinding[] shown, AuditResult result, RuleSet rules)
    {
        switch (Verb.FormatNameOf(session.Parsed))
        {
            case "json":
                session.Out.WriteLine(AuditJson.Render(shown, result.FilesRead));
                break;
            case "sarif":
                session.Out.WriteLine(AuditSarif.Render(shown, rules.Rules.Select(r => r.Info), ProductVersion.Number));
                break;
            default:
                AuditText.Write(session.Out, shown, result.FilesRead, session.Paint.On);
                break;
        }
    }

    private static string Root(string path)
    {
        if (Directory.Exists(path)) return path;
        throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "audit-path", $"there is no folder {path}; expected a repository", new("command line"), "signalbox audit ."));
    }

    private static IReadOnlyList<Rule> Chosen(string[] ids) => ids.Length == 0 ? RuleTable.All : [.. ids.Select(ExplainVerb.Find)];

    private static FixChoice Choice(string? word) => word is null ? FixChoice.Safe : Enum.Parse<FixChoice>(word, ignoreCase: true);
}
