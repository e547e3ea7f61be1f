using System.CommandLine;
using Signalbox.Audit;
using Signalbox.Audit.Output;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class ExplainVerb
{
    private static readonly Argument<string> Name = new("rule")
    {
        Description = "the rule's name, as findings show it in brackets",
        HelpName = "RULE",
    };

    public static Command Create()
    {
        var verb = new Verb("explain", "Say what a rule of the audit looks for, why it matters and what to do.",
            "signalbox explain persisted-git-credentials", "signalbox explain privileged-container --format json");
        verb.Add(Name);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var id = session.Get(Name)!;
        var rule = RuleTable.Describe(id) ?? Find(id).Info;
        session.Out.WriteLine(session.Json ? AuditJson.Render(rule) : RulePage.Text(rule));
        return ExitCode.Yes;
    }

    /// <exception cref="SignalboxException">There is no such rule; the name that was meant is given.</exception>
    public static Rule Find(string id) => RuleTable.Find(id) ?? throw new SignalboxException(ExitCode.Usage, Finding.Error(
        "unknown-rule", RuleTable.Unknown(id), new("command line"), RuleTable.HelpFor(id)));
}
