using System.CommandLine;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Running;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Verbs;

internal static class RunVerb
{
    private static readonly Argument<string> Job = new("JOB") { Description = "as `run show` names it" };
    private static readonly Argument<int?> Id = new("RUN") { Description = "its number (default: the last run)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<int?> Run = new("--run") { Description = "of this run (default: the last)", HelpName = "RUN" };

    public static Command Create()
    {
        var verb = new Verb("run", "Run the pipeline of signalbox.yaml here: jobs in parallel, known results brought back. Exit 1 where a job failed, 3 where something could not be done here.",
            "signalbox run", "signalbox run test", "signalbox run --keep-going --jobs 4", "signalbox run --resume", "signalbox run log test")
        { Relays = true };
        RunOptionSet.AddTo(verb);
        verb.Add(List());
        verb.Add(Show());
        verb.Add(Log());
        return verb.Does(RunAsync);
    }

    private static Verb List()
    {
        var verb = new Verb("list", "List the last runs.", "signalbox run list");
        verb.Add(RunOptionSet.File);
        return verb.Does(session =>
        {
            var folders = Folders(session);
            IReadOnlyList<RunRecord> runs = [.. folders.Ids.Select(folders.Read).OfType<RunRecord>()];
            if (session.Json) session.WriteJson(runs, RunJson.Default.IReadOnlyListRunRecord);
            else foreach (var run in runs) session.Out.WriteLine(RunText.Headline(run, session.Paint));
            return Task.FromResult(ExitCode.Yes);
        });
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Show a run: each job with its time, the longest chain, and what would shorten it.", "signalbox run show", "signalbox run show 3 --format json") { Relays = true };
        verb.Add(Id);
        verb.Add(RunOptionSet.File);
        return verb.Does(session =>
        {
            var folders = Folders(session);
            var run = Find(folders, session.Get(Id));
            if (session.Json) session.WriteJson(run, RunJson.Default.RunRecord);
            else
            {
                foreach (var job in run.Jobs) session.Out.WriteLine(RunText.Line(job.Id, job.End, session.Paint));
                session.Out.Write(RunText.Summary(run, folders.Results(run.Id), session.Paint));
            }
            return Task.FromResult(ExitCode.Yes);
        });
    }

    private static Verb Log()
    {
        var verb = new Verb("log", "Show what a job printed.", "signalbox run log test", "signalbox run log \"test (NODE=24)\" --run 3") { Relays = true };
        verb.Add(Job);
        verb.Add(Run);
        verb.Add(RunOptionSet.File);
        return verb.Does(session =>
        {
            var folders = Folders(session);
            var run = Find(folders, session.Get(Run));
            var at = run.Jobs.Select(job => job.Id).ToList().IndexOf(session.Get(Job)!);
            if (at < 0) throw Usage("job-unknown", $"run {run.Id} has no job '{session.Get(Job)}'; expected one of {string.Join(", ", run.Jobs.Take(30).Select(job => job.Id))}", $"signalbox run log {Words.Quote(run.Jobs[0].Id)}");
            var log = folders.Log(run.Id, at, run.Jobs[at].Id);
            if (session.Json) session.WriteJson([.. RunText.Lines(log)], Terminal.CliJson.Default.IReadOnlyListString);
            else foreach (var line in RunText.Lines(log)) session.Out.WriteLine(line);
            return Task.FromResult(ExitCode.Yes);
        });
    }

    private static async Task<int> RunAsync(Session session)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        var own = session with { Cancel = stop.Token };
        if (own.Get(RunOptionSet.Watch) && own.Get(RunOptionSet.Deploy) is not null) throw Usage("run-watch-deploy", "--watch never deploys; expected one of --watch and --deploy", "signalbox run --watch");
        if (own.Get(RunOptionSet.Deploy) is not null) Control.ControlPlaneUrl.WarnPassedOver(own, "run --deploy");
        var source = await RunOptionSet.SourceAsync(own).ConfigureAwait(false);
        var options = RunOptionSet.Of(own, source);
        if (own.Get(RunOptionSet.Watch)) return await WatchAsync(own, stop, source, options).ConfigureAwait(false);
        var (run, tested) = await OnceAsync(own, stop, source, options).ConfigureAwait(false);
        if (own.Get(RunOptionSet.Deploy) is { } environment && tested is not null && run.Verdict is RunVerdict.Succeeded or RunVerdict.Undecided) return await RunDeploy.DoAsync(own, source, environment, run, tested).ConfigureAwait(false);
        return CodeOf(run.Verdict);
    }

    private static async Task<(RunRecord Run, TestedSources? Tested)> OnceAsync(Session session, CancellationTokenSource stop, RunSource source, RunOptions options)
    {
        // a rollout that follows is not the run's: from then on a signal is taken as by every verb
        using var signals = new JobSignals(stop);
        var pipeline = new PipelineRun(session, source, options);
        var run = await pipeline.RunAsync().ConfigureAwait(false);
        if (session.Json) session.WriteJson(run, RunJson.Default.RunRecord);
        else session.Out.Write(RunText.Summary(run, new RunFolders(source.Directory).Results(run.Id), session.Paint));
        return (run, pipeline.Tested);
    }

    private static async Task<int> WatchAsync(Session session, CancellationTokenSource stop, RunSource source, RunOptions options)
    {
        using var watch = await SourceWatch.BeginAsync(source, session.Cancel).ConfigureAwait(false);
        var (run, _) = await OnceAsync(session, stop, source, options).ConfigureAwait(false);
        var ran = true;
        while (!session.Cancel.IsCancellationRequested)
        {
            session.Say(session.Paint.Dim($"waiting for a change in {source.Directory}; Ctrl-C ends it"));
            if (!await watch.ChangedAsync(ran, text => session.Say(session.Paint.Warn(text)), session.Cancel).ConfigureAwait(false)) break;
            ran = false;
            // the file itself may have changed, and may be wrong for a moment
            try
            {
                source = await RunOptionSet.SourceAsync(session).ConfigureAwait(false);
                (run, _) = await OnceAsync(session, stop, source, RunOptionSet.Of(session, source) with { Resume = false }).ConfigureAwait(false);
                ran = true;
            }
            catch (SignalboxException e)
            {
                Terminal.FindingWriter.Write(e.Findings, session.Format, session.Out, session.Error);
            }
        }
        return CodeOf(run.Verdict);
    }

    private static int CodeOf(RunVerdict? verdict) => verdict switch
    {
        RunVerdict.Succeeded => ExitCode.Yes,
        RunVerdict.Failed => ExitCode.No,
        RunVerdict.Cancelled => ExitCode.Interrupted,
        _ => ExitCode.Undecided,
    };

    private static RunFolders Folders(Session session) => new(ForeignSource.Is(session.Get(RunOptionSet.File)!) ? ForeignSource.DirectoryOf(session.Get(RunOptionSet.File)!) : Path.GetDirectoryName(Path.GetFullPath(DeployFile.Find(session.Get(RunOptionSet.File)!)))!);

    private static RunRecord Find(RunFolders folders, int? id)
    {
        var ids = folders.Ids;
        if (ids.Count == 0) throw Usage("run-unknown", "nothing was run here yet", "signalbox run");
        return ids.Contains(id ?? ids[^1]) && folders.Read(id ?? ids[^1]) is { } run ? run
            : throw Usage("run-unknown", $"there is no run {id}; expected one of {string.Join(", ", ids)}", "signalbox run list");
    }

    private static SignalboxException Usage(string id, string message, string help) => new(ExitCode.Usage, Finding.Error(id, message, new("command line"), help));
}
