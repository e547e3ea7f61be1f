using Signalbox.Audit;
using Signalbox.Audit.Organisations;
using Signalbox.Audit.Output;
using Signalbox.Cli.Auditing;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary><c>signalbox audit</c> over many checkouts.</summary>
internal static class OrganisationAudit
{
    public static int Run(Session session)
    {
        var format = Verb.FormatNameOf(session.Parsed);
        if (format is not ("text" or "json" or "markdown"))
            throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"--format {format} shows one repository; expected text, json or markdown", new("command line"), "signalbox audit --org . --format json"));
        RoomAhead.Take(int.MaxValue);
        var persona = AuditVerb.PersonaOf(session);
        var report = OrganisationRun.Run(Repositories(session), AuditVerb.Rules(session), f => f.Persona <= persona, session.Cancel);
        if (format == "json") session.Out.WriteLine(AuditJson.Render(report));
        else if (format == "markdown") OrganisationText.WriteMarkdown(session.Out, report);
        else OrganisationText.Write(session.Out, report);
        return AuditVerb.Code(session, report.Repositories.Any(r => IsAtLeast(r, AuditVerb.LevelOf(session))), report.Repositories.Any(r => r.Problem is not null));
    }

    private static IReadOnlyList<(string Name, string Root)> Repositories(Session session)
    {
        if (session.Get(AuditOptions.Organisation) is not { } folder) return [.. AuditScope.Distinct(session.Get(AuditOptions.Where)!).Select(path => (path, AuditScope.Folder(path)))];
        return OrganisationRun.Find(AuditScope.Folder(folder));
    }

    private static bool IsAtLeast(RepositorySummary r, RuleSeverity level) =>
        r.Critical > 0 || (level <= RuleSeverity.High && r.High > 0) || (level <= RuleSeverity.Medium && r.Medium > 0) || (level <= RuleSeverity.Low && r.Low > 0) || (level == RuleSeverity.Info && r.Info > 0);
}
