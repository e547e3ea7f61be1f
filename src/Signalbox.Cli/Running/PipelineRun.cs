using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>One run of a pipeline here, from reading what there is to the record it leaves.</summary>
internal sealed class PipelineRun(Session session, RunSource source, RunOptions options)
{
    private readonly RunFolders _folders = new(source.Directory);
    private readonly Dictionary<string, string> _host = RunSetup.Host();

    /// <summary>The sources that it is of; null until it began, and where nothing is to go out.</summary>
    public TestedSources? Tested { get; private set; }

    public async Task<RunRecord> RunAsync()
    {
        _folders.Prepare();
        using var alone = _folders.Lock();
        var before = EndLeftovers();
        var resumed = options.Resume ? Resumable(before) : null;
        var files = await RunSetup.FilesAsync(source.Directory, session.Cancel).ConfigureAwait(false);
        var revision = await SourceRevisions.ReadAsync(source.Directory, session.Cancel).ConfigureAwait(false);
        var warnings = await WarningsAsync(revision).ConfigureAwait(false);
        var branch = source.Jobs.Any(job => job.Branches.Count > 0) ? await RunSetup.BranchAsync(source.Directory, session.Cancel).ConfigureAwait(false) : null;
        var secrets = Secrets();
        if (options.Deploys) Tested = await TestedSources.TakeAsync(source, options.Cache is { } cache ? RunSetup.IndexOf(source.Directory, cache) : null, session.Cancel).ConfigureAwait(false);
        // nothing is refused from here on: a run without a journal would hide the one before it
        var id = resumed?.Id ?? _folders.Create();
        var mark = string.Create(CultureInfo.InvariantCulture, $"run-{id}-{Environment.ProcessId}-{ProcessStat.Read(Environment.ProcessId)?.StartTicks ?? 0}");
        var chosen = options.Jobs.Count > 0 ? options.Jobs : resumed?.Chosen ?? [];
        var inside = new RunInsides(source, _folders.Of(id), files, revision, chosen, TimeProvider.System.GetUtcNow());
        var commands = new JobCommands(source.Directory, source.Gaps, _host, mark, _folders.Of(id), secrets, inside.DoAsync);
        var plan = RunPlan.Of(source.Jobs, chosen, branch, job => Scanner.Of(job, commands.IsInstalled));
        var header = new RunHeader(id, source.File, source.Application?.Name, [.. plan.Jobs.Select(job => new PlannedRecord(job.Id, job.Needs))], chosen, options.Slots, mark, ProcessFacts.Boot, revision is null ? null : revision with { Earlier = null }) { Warnings = warnings };
        var reports = new RunReports(source.Directory, _folders.Results(id), secrets, source.Foreign, TimeProvider.System);
        Execute(id, plan, header, commands, files, resumed is null ? [] : RunRecord.LastEnds(before), secrets, reports);
        foreach (var missed in reports.Missed) session.Say(session.Paint.Warn(missed));
        return _folders.Read(id)!;
    }

    private void Execute(
        int id, RunPlan plan, RunHeader header, JobCommands commands, IReadOnlyList<string> files, IReadOnlyDictionary<string, JobRecord> resumed, SecretPatterns secrets, RunReports reports)
    {
        string LogOf(PlannedJob job) => _folders.Log(id, job.Index, job.Id);
        var digests = new FileDigests(source.Directory, RunSetup.IndexOf(source.Directory, options.Cache ?? _folders.Of(id)), new FileStats(), TimeProvider.System);
        var results = RunSetup.Results(source, files, digests, options, resumed, _host, LogOf, reports.IsOfAnotherTime);
        using var journal = new RunJournal(_folders.Journal(id), TimeProvider.System);
        journal.Write(new(options.Resume ? RunEvent.Resume : RunEvent.Begin, TimeProvider.System.GetUtcNow()) { Run = header }, flush: true);
        using var view = RunView.Of(session, plan, options, LogOf);
        using var processes = new JobProcesses();
        var clock = TimeProvider.System.GetTimestamp();
        try
        {
            var scheduler = new RunScheduler(plan, options.Slots, plan.Remaining(Estimate(id)), options.KeepGoing);
            var run = new LocalRun(plan, scheduler, processes, commands, results, new RunEvents(reports, journal, view), job => new(LogOf(job), secrets), TimeProvider.System);
            var ends = run.Execute(session.Cancel);
            var verdict = session.Cancel.IsCancellationRequested ? RunVerdict.Cancelled : RunRecord.VerdictOf(ends.Select(end => end.Outcome));
            journal.Write(new(RunEvent.Finish, TimeProvider.System.GetUtcNow()) { Verdict = verdict, Took = TimeProvider.System.GetElapsedTime(clock) }, flush: true);
        }
        finally
        {
            // after a fault the processes come first
            processes.Dispose();
            RunSweep.End(header.Mark, []);
            if (plan.Jobs.Any(job => job.Job.Image is not null)) EndContainers(header.Mark);
            digests.Save();
            if (results.Stored && options.Cache is { } cache) new ResultStore(cache, new FileStats()).Evict(ResultStore.DefaultMost, TimeProvider.System.GetUtcNow());
        }
    }

    /// <summary>What was said of the source, and where Git tells nothing of it because it is another user's, that.</summary>
    private async Task<IReadOnlyList<string>> WarningsAsync(SourceRevision? revision)
    {
        if (revision is not null || await GitProgram.RefusalAsync(source.Directory, session.Cancel).ConfigureAwait(false) is not { } refusal) return source.Warnings;
        if (!session.Json) FindingText.Write(session.Error, [refusal], Terminal.Screen.ErrorPaint.On);
        return [.. source.Warnings, refusal.Message];
    }

    /// <summary>Whoever was killed could not end its jobs: that is done before anything new begins.</summary>
    /// <returns>The journal of the newest run; empty where there is none.</returns>
    private IReadOnlyList<JournalEntry> EndLeftovers()
    {
        if (_folders.Ids is not [.., var last] || !File.Exists(_folders.Journal(last))) return [];
        var journal = RunJournal.Read(_folders.Journal(last));
        if (RunRecord.Of(journal) is { Verdict: null } && journal.Last(entry => entry.Run is not null).Run is { } killed)
        {
            RunSweep.End(killed.Mark, RunRecord.Unfinished(journal));
            EndContainers(killed.Mark);
        }
        return journal;
    }

    private void EndContainers(string mark)
    {
        if (JobCommands.Engine(_host, source.Directory) is { } engine) RunSweep.EndContainers(engine, mark);
    }

    private RunHeader Resumable(IReadOnlyList<JournalEntry> journal)
    {
        var header = journal.LastOrDefault(entry => entry.Run is not null)?.Run;
        var problem = header is null ? "there is no run to go on with"
            // runs of a directory are together, and the way to it may be written otherwise now
            : Path.GetFileName(header.File) != Path.GetFileName(source.File) ? $"the last run was of {header.File}"
            : header.Application != source.Application?.Name ? $"the last run was of {header.Application ?? "no application"}"
            : header.Chosen.FirstOrDefault(name => source.Jobs.All(job => job.Name != name)) is { } gone ? $"run {header.Id} was of job {gone}, which is not there any more"
            : RunRecord.Of(journal)!.Verdict is RunVerdict.Succeeded ? $"run {header.Id} has succeeded; there is nothing to go on with" : null;
        return problem is null ? header! : throw new SignalboxException(ExitCode.Usage, Finding.Error("run-not-resumable", problem, new(source.File), "signalbox run"));
    }

    private SecretPatterns Secrets()
    {
        var values = JobEnvironment.Secrets(source.Jobs, _host).ToList();
        if (values.Find(value => value.Length is > 0 and < SecretPatterns.Shortest) is not null)
            throw new SignalboxException(ExitCode.Usage, Finding.Error("run-secret-short", $"a secret of fewer than {SecretPatterns.Shortest} characters cannot be hidden in logs; expected a longer one", new(source.File), "env: { NAME: { from: VARIABLE } }"));
        return new(values.Where(value => value.Length > 0));
    }

    /// <summary>How long each job took the last time it ran, in milliseconds; a job that is new counts as a second.</summary>
    private Func<PlannedJob, long> Estimate(int id)
    {
        var last = _folders.Ids.Where(known => known < id).LastOrDefault();
        var took = last > 0 && File.Exists(_folders.Journal(last)) ? RunRecord.LastEnds(RunJournal.Read(_folders.Journal(last))) : [];
        return job => took.TryGetValue(job.Id, out var end) && end.Outcome.Passes() ? Math.Max(1, (long)(end.Saved ?? end.Took).TotalMilliseconds) : 1000;
    }
}

/// <summary>Tells several of what happens, in their order.</summary>
internal sealed class RunEvents(params IRunEvents[] all) : IRunEvents
{
    public void Begun(PlannedJob job) => Array.ForEach(all, one => one.Begun(job));

    public void Started(PlannedJob job, int attempt, StartedProcess process) => Array.ForEach(all, one => one.Started(job, attempt, process));

    public void Ended(JobEnd end) => Array.ForEach(all, one => one.Ended(end));
}
