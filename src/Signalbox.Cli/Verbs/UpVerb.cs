using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class UpVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();
    private static readonly Option<string?> App = DeployOptions.Application();
    private static readonly Option<string?> Env = DeployOptions.Environment();
    private static readonly Option<bool> NoBuild = DeployOptions.NoBuild();
    private static readonly Option<bool> AsItWas = new("--as-it-was") { Description = "only bring back what served: nothing is built, nothing taken out" };

    public static Command Create()
    {
        var verb = new Verb("up", "Start the host and the control plane where they do not run, and take the first release out. Where one went out before, it is brought back as it was; `deploy` takes the next one out.",
            "signalbox up", "signalbox up examples/shop", "signalbox up --as-it-was");
        verb.Add(From);
        verb.Add(App);
        verb.Add(Env);
        verb.Add(NoBuild);
        verb.Add(AsItWas);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        ControlPlaneUrl.WarnPassedOver(session, "up");
        if (session.Get(AsItWas)) return await BringBackAsync(session).ConfigureAwait(false);
        // what ran before comes back whatever the file says
        if (session.State.HasLedger) await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        if (session.State.HasLedger && !System.IO.File.Exists(DeployFile.Find(session.Get(From)!)) && session.Parsed.GetResult(From) is null or { Implicit: true })
            return await ShowAsync(session).ConfigureAwait(false);
        // everything that is wrong with the file is said before anything starts
        var file = await DeployFile.ReadAsync(session.Get(From)!, session).ConfigureAwait(false);
        var applications = file.Choose(session.Get(App));
        var builds = new Builds(session, file, skip: session.Get(NoBuild));
        if (!session.State.HasLedger) await PrepareAsync(file, applications, builds, session).ConfigureAwait(false);
        await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        using var client = session.Connect();
        foreach (var warning in (await client.StatusAsync(session.Cancel).ConfigureAwait(false)).Warnings)
            if (!session.Json) session.Error.WriteLine(session.Paint.Warn($"warning: {warning}"));
        var code = ExitCode.Yes;
        foreach (var application in applications)
        {
            var environment = file.Environment(application, session.Get(Env)).Name;
            var deployed = await ServingTrack.FindAsync(client, application.Name, environment, session).ConfigureAwait(false)
                ?? await new Deployment(client, session, file, builds).RunAsync(application, environment, wait: true).ConfigureAwait(false);
            await ReportAsync(session, client, deployed).ConfigureAwait(false);
            code = Math.Max(code, deployed.ExitCode);
        }
        return code;
    }

    /// <summary>After a restore or a stop: what lies in the current directory may be of another day, or of another application.</summary>
    private static async Task<int> BringBackAsync(Session session)
    {
        if (!session.State.HasLedger)
            throw new SignalboxException(ExitCode.No, Finding.Error("nothing-to-bring-back", $"nothing has gone out from {session.State.Path}; expected a state directory that was used or restored", new(session.State.Path), "signalbox up   # takes the first release out"));
        await Daemons.EnsureRunningAsync(session.State, session.Say, session.Cancel).ConfigureAwait(false);
        return await ShowAsync(session).ConfigureAwait(false);
    }

    /// <summary>A control plane that was there before meets a host that was just started at its next try: status is asked for when it has.</summary>
    private static async Task<int> ShowAsync(Session session)
    {
        using (var client = session.Connect())
            for (var tries = 0; tries < 100 && !(await client.StatusAsync(session.Cancel).ConfigureAwait(false)).HostConnected; tries++)
                await Task.Delay(100, session.Cancel).ConfigureAwait(false);
        return await StatusVerb.RunAsync(session).ConfigureAwait(false);
    }

    /// <summary>Where nothing runs yet, all that can fail here fails before anything starts.</summary>
    private static async Task PrepareAsync(DeployFile file, IReadOnlyList<Application> applications, Builds builds, Session session)
    {
        foreach (var application in applications)
            await file.CheckAsync(client: null, file.Environment(application, session.Get(Env)).Name, builds.Awaits(application), session).ConfigureAwait(false);
        foreach (var application in applications.Where(builds.Awaits))
            await builds.RunAsync(application).ConfigureAwait(false);
    }

    private static async Task ReportAsync(Session session, ControlPlaneClient client, Deployed deployed)
    {
        var link = await client.LoginLinkAsync(session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(deployed.View with { ControlPlane = client.Address.ToString(), LoginLink = link }, CliJson.Default.DeployedView);
            return;
        }
        if (deployed.ExitCode == ExitCode.Yes)
            foreach (var address in deployed.View.Addresses) session.Out.WriteLine($"{deployed.View.Release} serves at {session.Paint.Bold(address)}");
        if (link is not null) session.Out.WriteLine($"page: {link}  (this link signs in once; `signalbox open` makes another)");
        session.Out.WriteLine("next: signalbox deploy    takes the next release out\n      signalbox status    shows what serves\n      signalbox down      stops everything");
    }
}
