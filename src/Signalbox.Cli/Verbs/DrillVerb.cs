using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Drills;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Verbs;

/// <summary>Rehearses beside what runs, and tells the installation's ledger what it took.</summary>
internal static class DrillVerb
{
    private const int MostReleases = 100_000;

    private static readonly Argument<string?> From = new("PATH") { Description = "a signalbox.yaml, or the directory that holds it (default: the example application)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Application = DeployOptions.Application();
    private static readonly Option<string?> Env = DeployOptions.Environment();
    private static readonly Option<bool> WithWorkers = new("--with-workers") { Description = "run its workers and crons too, which take jobs as the real ones do" };
    private static readonly Option<bool> WithData = new("--with-data") { Description = "run services with exclusive data too, at the paths that they name" };
    private static readonly Option<int> Releases = new Option<int>("--releases") { Description = "how many releases the state holds that is restored", HelpName = "N", DefaultValueFactory = _ => 100 }.Within(1, MostReleases);

    public static Command Create() => Verb.Group("drill", "Rehearse a failure on a temporary installation, and record the measured recovery time and data loss.", Rollback(), Restore());

    private static Verb Rollback()
    {
        var verb = new Verb("rollback", "Take two releases out and go back, under load: how long until the first has all traffic again.", "signalbox drill rollback", "signalbox drill rollback examples/shop --env production");
        Add(verb);
        return verb.Does(session => RunAsync(session, scene => new RollbackDrill(scene, TimeProvider.System).RunAsync()));
    }

    private static Verb Restore()
    {
        var verb = new Verb("restore", "Back up under load, lose everything, restore: how long until the application answers again, and what was lost.", "signalbox drill restore", "signalbox drill restore --releases 10000 --format json");
        Add(verb);
        verb.Add(Releases);
        return verb.Does(session => RunAsync(session, scene => new RestoreDrill(scene, session.Get(Releases), TimeProvider.System).RunAsync()));
    }

    private static void Add(Verb verb)
    {
        verb.Add(From);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(WithWorkers);
        verb.Add(WithData);
    }

    private static async Task<int> RunAsync(Session session, Func<DrillScene, Task<DrillEnded>> rehearse)
    {
        DrillEnded drill;
        await using (var scene = await DrillScene.SetAsync(session, session.Get(From), session.Get(Application), session.Get(Env), new(session.Get(WithWorkers), session.Get(WithData))).ConfigureAwait(false))
            drill = await rehearse(scene).ConfigureAwait(false);
        using var client = ControlPlaneClient.TryConnect(session.State);
        var recorded = client is null ? null : await client.RecordAsync(drill, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(drill, ApiJson.Default.DrillEnded);
        else session.Out.WriteLine($"{PracticeEvents.Text(drill)}{(recorded is null ? "\nnot recorded: no control plane runs on this state directory" : $"\nrecorded as ledger entry {recorded.Sequence}")}");
        return drill.Passed ? ExitCode.Yes : ExitCode.No;
    }
}
