using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery.Policies;

namespace Signalbox.Cli.Verbs;

internal static class ReleaseVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();
    private static readonly Option<string?> Application = DeployOptions.Application();
    private static readonly Option<string?> Env = DeployOptions.Environment();
    private static readonly Option<bool> NoBuild = DeployOptions.NoBuild();
    private static readonly Argument<string> Release = new("RELEASE") { Description = "the release" };
    private static readonly Argument<string[]> Releases = new("RELEASE") { Description = "the release; several are taken one after the other, until one goes back", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Into = new("--env") { Description = "as it was decided for this environment (default: the newest decision)", HelpName = "NAME" };

    private static readonly Option<string> To = new("--to") { Description = "the environment it goes into", HelpName = "ENVIRONMENT", Required = true };
    private static readonly Option<string?> Override = new("--override") { Description = "why it may go although it has not succeeded in the environment before; recorded, and only for those who may approve", HelpName = "REASON" };
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "return once the rollout has begun" };

    public static Command Create() => Verb.Group("release", "Make releases, take them from environment to environment, show and export their proof.", CreateRelease(), Promote(), Show(), Export());
    private static readonly Option<string?> Output = new("--output") { Description = "where the file goes; - for standard output (default: RELEASE.proof.json)", HelpName = "FILE" };
    private static readonly Option<string?> PublicKey = new("--public-key") { Description = "also write the public key that it is verified with; hand it over by a way of its own", HelpName = "FILE" };


    private static Verb CreateRelease()
    {
        var verb = new Verb("create", "Pack, upload and freeze a release; nothing goes out yet. Evidence about it can be handed in then.",
            "signalbox release create", "signalbox release create ./shop --format json");
        verb.Add(From);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(NoBuild);
        return verb.Asks(CreateAsync);
    }

    private static Verb Promote()
    {
        var verb = new Verb("promote", "Take a release on into another of its environments, with the same digests: nothing is built. It must have succeeded in the one before.",
            "signalbox release promote shop-2 --to production", "signalbox release promote shop-2 --to production --override 'the outage'");
        verb.Add(Releases);
        verb.Add(To);
        verb.Add(Override);
        verb.Add(NoWait);
        return verb.Asks(PromoteAsync);
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Show a release's proof: the five checks and the ten-point checklist, each with what says so.", "signalbox release show shop-2");
        verb.Add(Release);
        verb.Add(Into);
        return verb.Asks(ShowAsync);
    }

    private static Verb Export()
    {
        var verb = new Verb("export", "Write a release's proof into one signed file: the decision, the evidence, everything it was made of, and a summary for others (SLSA VSA). `verify` checks it offline, on any machine.",
            "signalbox release export shop-2 --env production --public-key signalbox.pub", "signalbox verify shop-2.proof.json --key signalbox.pub");
        verb.Add(Release);
        verb.Add(Into);
        verb.Add(Output);
        verb.Add(PublicKey);
        return verb.Asks(ExportAsync);
    }

    private static async Task<int> ExportAsync(Session session)
    {
        using var client = session.Connect();
        var release = session.Get(Release)!;
        var proof = await client.ReleaseProofAsync(release, session.Get(Into), session.Cancel).ConfigureAwait(false);
        var key = (await client.LedgerHeadAsync(session.Cancel).ConfigureAwait(false)).PublicKey + "\n";
        var file = session.Get(Output) ?? release + ".proof.json";
        if (session.Get(PublicKey) is { } path) await File.WriteAllTextAsync(path, key, session.Cancel).ConfigureAwait(false);
        if (file == "-")
        {
            session.ToTheLetter.WriteLine(System.Text.Encoding.UTF8.GetString(proof));
            return ExitCode.Yes;
        }
        await File.WriteAllBytesAsync(file, proof, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(new(true, file), CliJson.Default.DoneView);
        else session.Out.WriteLine($"exported: {file}, signed with the key sha256:{Evidence.Verification.TrustedKey.FromPem(key).Digest}");
        return ExitCode.Yes;
    }

    private static async Task<int> CreateAsync(Session session)
    {
        var file = await DeployFile.ReadAsync(session.Get(From)!, session).ConfigureAwait(false);
        using var client = session.Connect();
        var builds = new Builds(session, file, skip: session.Get(NoBuild));
        foreach (var application in file.Choose(session.Get(Application)))
        {
            var release = await new Deployment(client, session, file, builds) { Silent = session.Json }.CreateAsync(application, session.Get(Env)).ConfigureAwait(false);
            if (session.Json)
            {
                session.WriteJson(release, ApiJson.Default.Release);
                continue;
            }
            session.Out.WriteLine($"{release.Id} is made: {Delivery.ReleaseDigest.Of(release)}");
            foreach (var (service, digest) in release.Artifacts) session.Out.WriteLine($"  {service} {digest}");
            session.Out.WriteLine($"next: signalbox evidence add RESULTS --release {release.Id}\n      signalbox deploy --release {release.Id}");
        }
        return ExitCode.Yes;
    }

    private static async Task<int> PromoteAsync(Session session)
    {
        using var client = session.Connect();
        foreach (var release in session.Get(Releases)!)
            if (await PromoteAsync(session, client, release).ConfigureAwait(false) is not ExitCode.Yes and var code) return code;
        return ExitCode.Yes;
    }

    private static async Task<int> PromoteAsync(Session session, ControlPlaneClient client, string id)
    {
        var release = await client.ReleaseAsync(id, session.Cancel).ConfigureAwait(false);
        var environment = release.In(session.Get(To)!) ?? throw DeployOptions.NoSuchEnvironment(release, session.Get(To)!);
        if (session.Get(Override) is { } reason)
        {
            var view = await client.ApproveAsync(new(release.Id, environment.Name, reason, GateTable.Promotion), session.Cancel).ConfigureAwait(false);
            session.Say($"{view.By} lets {release.Id} through to {environment.Name}: {reason}");
        }
        var promoted = await new ReleaseStart(client, session) { Silent = session.Json, Promotes = true }.RunAsync(release, environment, !session.Get(NoWait)).ConfigureAwait(false);
        if (session.Json) session.WriteJson(promoted.View, CliJson.Default.DeployedView);
        return promoted.ExitCode;
    }

    private static async Task<int> ShowAsync(Session session)
    {
        using var client = session.Connect();
        var release = await client.ReleaseAsync(session.Get(Release)!, session.Cancel).ConfigureAwait(false);
        var decision = await client.NewestDecisionAsync(release.Id, session.Get(Into), session.Cancel).ConfigureAwait(false);
        var history = await client.HistoryAsync(release.Application, decision.Decision.Environment, 1000, session.Cancel).ConfigureAwait(false);
        var proof = ReleaseChecks.Of(decision, history, release);
        if (session.Json) session.WriteJson(proof, ApiJson.Default.ReleaseProofView);
        else Say(session, proof);
        return ExitCode.Yes;
    }

    private static void Say(Session session, ReleaseProofView proof)
    {
        session.Out.WriteLine($"{proof.Release} into {proof.Environment}: {proof.Verdict.ToLowerInvariant()}, by decision #{proof.Decision}\nthe five checks");
        foreach (var check in proof.Checks) Say(session, check);
        session.Out.WriteLine("the checklist");
        foreach (var check in proof.Checklist) Say(session, check);
    }

    private static void Say(Session session, ReleaseCheck check) =>
        session.Out.WriteLine($"  {check.State,-7} {check.Name,-30} {check.Because}{(check.Links.Count == 0 ? "" : $" [{string.Join(' ', check.Links.Take(4).Select(Short))}{(check.Links.Count > 4 ? " …" : "")}]")}");

    private static string Short(string link) => link.StartsWith("sha256:", StringComparison.Ordinal) ? link[7..19] : link;
}
