using System.CommandLine;
using System.Text;
using Signalbox.Audit;
using Signalbox.Audit.Baselines;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Grades;
using Signalbox.Audit.Output;
using Signalbox.Audit.Programs;
using Signalbox.Audit.Readers;
using Signalbox.Cli.Auditing;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class AuditVerb
{
    public static Command Create()
    {
        var verb = new Verb("audit", "Read a repository's delivery configuration and say what will hurt. Changes nothing unless told to fix.", AuditFormats.Names,
        [
            "signalbox audit", "signalbox audit . --diff", "signalbox audit . --fix", "signalbox audit . --grades", "signalbox audit . --format sarif --persona auditor",
            "signalbox audit . --since HEAD~1 --format github", "signalbox audit . --rule unpinned-action", "signalbox audit --org ~/src --level high",
        ]);
        verb.Add(AuditOptions.Where);
        foreach (var option in AuditOptions.All) verb.Add(option);
        verb.Validators.Add(AuditOptions.Validate);
        return verb.Does(RunAsync);
    }

    private static Task<int> RunAsync(Session session)
    {
        return AuditOptions.IsMany(session.Parsed.CommandResult) ? Task.FromResult(OrganisationAudit.Run(session)) : OneAsync(session);
    }

    private static async Task<int> OneAsync(Session session)
    {
        var root = Root(session.Get(AuditOptions.Where)![0]);
        var rules = Rules(session);
        var auditor = new Auditor(rules, remote: session.Get(AuditOptions.Online) ? GitActionRemote.GitHub : null, programs: session.Get(AuditOptions.Rendered) ? RenderPrograms.OnPath : null) { Found = RoomAhead.Take };
        var persona = PersonaOf(session);
        var changed = session.Get(AuditOptions.Since) is { } revision ? await ChangedFiles.SinceAsync(root, revision, session.Cancel).ConfigureAwait(false) : null;
        bool Wanted(AuditFinding finding) => finding.Persona <= persona && changed?.Concern(finding) != false;
        var choice = session.Get(AuditOptions.Mend) is "unsafe" or "all" ? FixChoice.Unsafe : FixChoice.Safe;
        if (session.Get(AuditOptions.Diff))
        {
            DiskFixes.Show(auditor, root, choice, Wanted, session.Out);
            return ExitCode.Yes;
        }
        if (session.Parsed.GetResult(AuditOptions.Mend) is not null) DiskFixes.Apply(auditor, root, choice, Wanted, session);
        var result = auditor.Run(root);
        if (session.Get(AuditOptions.WriteLock)) WriteLock(root, result.Repository, session);
        return Report(session, rules, result, persona, Wanted);
    }

    private static int Report(Session session, RuleSet rules, AuditResult result, Persona persona, Func<AuditFinding, bool> wanted)
    {
        var graded = Task.Run(() => Grader.Of(result.Repository, result.Findings, everyRule: session.Get(AuditOptions.Only)!.Length == 0));
        var prints = new Fingerprints(result.Findings);
        AuditFinding[] found = [.. result.Findings.Where(wanted)];
        if (session.Get(AuditOptions.WriteKnown) is { } path) return WriteBaseline(session, path, found, prints);
        var baseline = session.Get(AuditOptions.Known) is { } known ? Baseline.Read(known) : null;
        AuditFinding[] left = [.. found.Where(f => baseline?.Has(prints.Of(f)) != true)];
        var report = new AuditReport(left, prints, result.FilesRead, graded, [.. rules.Rules.Select(r => r.Info)], ProductVersion.Number)
        {
            Ignored = result.Ignored.Count(i => i.Finding.Persona <= persona),
            Known = found.Length - left.Length,
        };
        var to = session.InBulk();
        AuditFormats.Write(Verb.FormatNameOf(session.Parsed), to, report, session.Paint.On, session.Get(AuditOptions.Grades));
        to.Flush();
        return Code(session, left.Any(f => f.Severity >= LevelOf(session)), result.Incomplete);
    }

    private static int WriteBaseline(Session session, string path, AuditFinding[] found, Fingerprints prints)
    {
        Baseline.Write(path, found, prints);
        session.Say($"{path} holds {AuditReport.Count(found.Length, "finding")}; signalbox audit --baseline {path} shows what is new");
        return ExitCode.Yes;
    }

    /// <summary>What a repository said that does not answer now is kept.</summary>
    private static void WriteLock(string root, Repository repository, Session session)
    {
        var path = Path.Combine(root, ActionLockReader.Path);
        if (new DirectoryInfo(Path.GetDirectoryName(path)!).LinkTarget is not null)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("audit-lock-link", $"{Path.GetDirectoryName(path)} is a link; expected a folder", new(path), $"ls -l {Path.GetDirectoryName(path)}"));
        var said = repository.All<AskedLock>().Select(a => a.Document.Lock).ToList();
        var kept = repository.All<ActionLock>().Where(l => l.File.Path == ActionLockReader.Path).Select(l => l.Document).Where(l => !said.Any(s => s.Repository.Equals(l.Repository, StringComparison.OrdinalIgnoreCase))).ToList();
        if (kept.Count > 0) session.Say(session.Paint.Warn($"kept as it was, for nothing was said of it now: {string.Join(", ", kept.Select(l => l.Repository))}"));
        AtomicFile.Write(Path.GetFullPath(path), Encoding.UTF8.GetBytes(ActionLockReader.Write([.. said, .. kept])), AtomicFile.ForAll);
    }

    /// <summary>A clear no comes before what could not be read.</summary>
    internal static int Code(Session session, bool found, bool incomplete)
    {
        if (session.Get(AuditOptions.NoExitCodes)) return ExitCode.Yes;
        return found ? ExitCode.No : incomplete ? ExitCode.Undecided : ExitCode.Yes;
    }

    internal static RuleSet Rules(Session session) =>
        new(session.Get(AuditOptions.Only) is { Length: > 0 } ids ? [.. ids.Distinct(StringComparer.Ordinal).Select(ExplainVerb.Find)] : RuleTable.All);

    // a rule that is asked for by name shows all it finds
    internal static Persona PersonaOf(Session session) =>
        Enum.Parse<Persona>(session.Get(AuditOptions.Persona) ?? (session.Get(AuditOptions.Only)!.Length > 0 ? "auditor" : "regular"), ignoreCase: true);

    internal static RuleSeverity LevelOf(Session session) => Enum.Parse<RuleSeverity>(session.Get(AuditOptions.Level)!, ignoreCase: true);

    /// <exception cref="SignalboxException">There is no such folder; exit code 3.</exception>
    internal static string Root(string path)
    {
        if (Directory.Exists(path)) return path;
        throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "audit-path", $"there is no folder {path}; expected a repository", new("command line"), "signalbox audit ."));
    }
}
