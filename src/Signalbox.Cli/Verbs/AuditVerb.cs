using System.CommandLine;
using Signalbox.Audit;
using Signalbox.Audit.Baselines;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Grades;
using Signalbox.Audit.Output;
using Signalbox.Audit.Programs;
using Signalbox.Cli.Auditing;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class AuditVerb
{
    private const int MostUnsaid = 20;

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
        var scope = AuditScope.Of(session.Get(AuditOptions.Where)!);
        var root = scope.Root;
        var rules = Rules(session);
        using var images = session.Get(AuditOptions.Online) ? new RegistryImages(session, session.Get(AuditOptions.Registries)!) : null;
        var auditor = new Auditor(rules, remote: images is null ? null : GitActionRemote.GitHub, programs: session.Get(AuditOptions.Rendered) ? RenderPrograms.OnPath : null) { Found = RoomAhead.Take, Images = images, Cancel = session.Cancel };
        var persona = PersonaOf(session);
        var changed = session.Get(AuditOptions.Since) is { } revision ? await ChangedFiles.SinceAsync(root, revision, session.Cancel).ConfigureAwait(false) : null;
        bool Wanted(AuditFinding finding) => finding.Persona <= persona && scope.Concerns(finding) && changed?.Concern(finding) != false;
        var choice = session.Get(AuditOptions.Mend) is "unsafe" or "all" ? FixChoice.Unsafe : FixChoice.Safe;
        if (session.Get(AuditOptions.Diff))
        {
            await WatchedAsync(session, images, () => DiskFixes.Show(auditor, root, choice, Wanted, session.Out)).ConfigureAwait(false);
            SayUnsaid(images, session);
            return ExitCode.Yes;
        }
        if (session.Parsed.GetResult(AuditOptions.Mend) is not null) await WatchedAsync(session, images, () => DiskFixes.Apply(auditor, root, choice, Wanted, session)).ConfigureAwait(false);
        var result = await WatchedAsync(session, images, () => auditor.Run(root)).ConfigureAwait(false);
        SayUnsaid(images, session);
        if (session.Get(AuditOptions.WriteLock)) LockFiles.Write(root, result.Repository, session);
        foreach (var part in scope.Unread(result.Read)) session.Error.WriteLine($"{FindingText.Printable(part)} holds nothing that an audit reads; signalbox audit --help names what it does");
        return Report(session, rules, result, persona, scope, Wanted);
    }

    /// <summary>Does what may ask the network, with a line that moves where somebody looks on.</summary>
    private static async Task<T> WatchedAsync<T>(Session session, RegistryImages? images, Func<T> work)
    {
        if (images is null) return work();
        var run = Task.Run(work, session.Cancel);
        await Progress.ShowAsync(session, run, () => images.Asked == 0 ? "asking the repositories of actions" : $"asking registries: {AuditReport.Count(images.Asked, "image")}").ConfigureAwait(false);
        var done = await run.ConfigureAwait(false);
        session.Cancel.ThrowIfCancellationRequested();
        return done;
    }

    private static async Task WatchedAsync(Session session, RegistryImages? images, Action work)
    {
        await WatchedAsync(session, images, () =>
        {
            work();
            return true;
        }).ConfigureAwait(false);
    }

    private static int Report(Session session, RuleSet rules, AuditResult result, Persona persona, AuditScope scope, Func<AuditFinding, bool> wanted)
    {
        var graded = Task.Run(() => Grader.Of(result.Repository, result.Findings, everyRule: session.Get(AuditOptions.Only)!.Length == 0));
        var prints = new Fingerprints(result.Findings);
        AuditFinding[] found = [.. result.Findings.Where(wanted)];
        if (session.Get(AuditOptions.WriteKnown) is { } path) return WriteBaseline(session, path, found, prints);
        var baseline = session.Get(AuditOptions.Known) is { } known ? Baseline.Read(known) : null;
        AuditFinding[] left = [.. found.Where(f => baseline?.Has(prints.Of(f)) != true)];
        var report = new AuditReport(left, prints, scope.Parts.Count == 0 ? result.FilesRead : result.Read.Count(scope.Holds), graded, [.. rules.Rules.Select(r => r.Info)], ProductVersion.Number)
        {
            Ignored = result.Ignored.Count(i => i.Finding.Persona <= persona),
            Known = found.Length - left.Length,
            OfWhole = scope.Parts.Count > 0,
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

    /// <summary>What registries did not say is no finding of the repository, and no result: it goes where progress goes.</summary>
    private static void SayUnsaid(RegistryImages? images, Session session)
    {
        string[] all = [.. images?.Unsaid ?? []];
        foreach (var why in all.Take(MostUnsaid)) session.Error.WriteLine($"no digest: {FindingText.Printable(why)}");
        if (all.Length > MostUnsaid) session.Error.WriteLine($"no digest for {all.Length - MostUnsaid} more");
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
}
