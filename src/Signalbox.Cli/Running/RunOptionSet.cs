using System.CommandLine;
using Signalbox.Cli.Deploying;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Running;

/// <summary>What <c>run</c> takes, and what that comes to.</summary>
internal static class RunOptionSet
{
    public static readonly Argument<string[]> Jobs = new("JOB") { Description = "these and all they need (default: every job that is not manual)", Arity = ArgumentArity.ZeroOrMore };
    public static readonly Option<string> File = new("--file") { Description = "a signalbox.yaml or the directory that holds it, a GitHub workflow, or a GitLab CI file", HelpName = "PATH", DefaultValueFactory = _ => "." };
    public static readonly Option<string?> App = new("--app") { Description = "the pipeline of this application, where the file has several", HelpName = "NAME" };
    private static readonly Option<int> Slots = new Option<int>("--jobs") { Description = "how many run at once (default: one for each core; of another platform's file one)", HelpName = "N" }.Within(1, 1000);
    private static readonly Option<bool> KeepGoing = new("--keep-going") { Description = "after a failure go on with what does not need the job that failed" };
    private static readonly Option<bool> NoCache = new("--no-cache") { Description = "run every job, and keep no result" };
    private static readonly Option<string?> Cache = new("--cache") { Description = "where results are kept, for every directory that names it (default: below ~/.cache/signalbox, apart for each)", HelpName = "DIR" };
    private static readonly Option<bool> Resume = new("--resume") { Description = "go on with the last run, which failed, was ended or was killed" };
    private static readonly Option<bool> SkipUnknown = new("--skip-unknown") { Description = "leave out what of another platform's pipeline is no plain command, in place of refusing it" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "show what each job printed when it has ended" };

    public static readonly Option<bool> Watch = new("--watch") { Description = "run again each time that a source file changes, until Ctrl-C" };
    public static readonly Option<string?> Deploy = new("--deploy") { Description = "where nothing failed, take what was made out into this environment, with the run's results as evidence", HelpName = "ENV" };

    public static void AddTo(Verb verb)
    {
        verb.Add(Jobs);
        foreach (var option in new Option[] { File, App, Slots, KeepGoing, NoCache, Cache, Resume, SkipUnknown, Verbose, Watch, Deploy }) verb.Add(option);
    }

    public static RunOptions Of(Session session, RunSource source)
    {
        var jobs = session.Get(Jobs) ?? [];
        foreach (var job in jobs)
            if (!source.Jobs.Any(known => known.Name == job))
                throw new SignalboxException(ExitCode.Usage, Finding.Error("job-unknown", $"{source.File} has no job '{job}'; expected one of {string.Join(", ", source.Jobs.Take(30).Select(known => known.Name))}", new(source.File), $"signalbox run {source.Jobs[0].Name}"));
        var cache = session.Get(NoCache) ? null : Path.GetFullPath(session.Get(Cache) ?? RunSetup.CacheOf(source.Directory));
        return new(jobs, SlotsOf(session.Get(Slots), source), session.Get(KeepGoing), session.Get(Resume), cache, session.Get(Cache) is not null, session.Get(Verbose)) { Deploys = session.Get(Deploy) is not null };
    }

    /// <summary>Another platform gives each job a directory of its own; here they share one, and two that install packages would take them from each other.</summary>
    private static int SlotsOf(int asked, RunSource source) => asked > 0 ? asked : source.Foreign ? 1 : Environment.ProcessorCount;

    public static async Task<RunSource> SourceAsync(Session session)
    {
        if (ForeignSource.Is(session.Get(File)!))
        {
            var foreign = await ForeignSource.ReadAsync(session.Get(File)!, session.Get(SkipUnknown), session).ConfigureAwait(false);
            return session.Get(Deploy) is null ? foreign : await ForeignDelivery.JoinAsync(foreign, session).ConfigureAwait(false);
        }
        var file = await DeployFile.ReadAsync(session.Get(File)!, session).ConfigureAwait(false);
        var applications = file.Choose(session.Get(App)).Where(application => application.Pipeline is not null).ToList();
        if (applications.Count == 0)
            throw new SignalboxException(ExitCode.No, Finding.Error("pipeline-missing", "the file has no pipeline; expected jobs", new(file.Path), "pipeline: { build: { run: npm ci && npm run build }, test: { run: npm test } }"));
        if (applications.Count > 1) throw Ambiguous(file, applications, "have a pipeline each");
        return Of(file, applications[0]);
    }

    public static RunSource Of(DeployFile file, Application application) => new(file.Path, file.Directory, application, application.Pipeline!) { Delivery = file.Path };

    public static SignalboxException Ambiguous(DeployFile file, IReadOnlyList<Application> applications, string why) => new(ExitCode.Usage, Finding.Error(
        "application-ambiguous", $"{string.Join(", ", applications.Select(application => application.Name))} {why}; expected one of them", new(file.Path), $"signalbox run --app {applications[0].Name}"));
}
