using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class DeployVerb
{
    private static readonly Argument<string> From = DeployOptions.Path();
    private static readonly Option<string?> Application = DeployOptions.Application();
    private static readonly Option<string?> Env = DeployOptions.Environment();
    private static readonly Option<string?> Release = new("--release") { Description = "take this release out, which was made before, in place of making one", HelpName = "RELEASE" };
    private static readonly Option<string?> Once = Key();
    private static readonly Option<string[]> Evidence = new("--evidence") { Description = "hand in this file or folder of results first; repeat for several", HelpName = "PATH" };
    private static readonly Option<string?> ReleaseFile = new("--release-file") { Description = "write the release's id into this file, a line for each application, for those who promote it", HelpName = "FILE" };
    private static readonly Option<bool> NoBuild = DeployOptions.NoBuild();
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "return once the rollout has begun" };

    private static readonly Option<int> Timeout = new Option<int>("--timeout")
    {
        Description = "follow it for so many seconds at most, then end with 3; the rollout goes on",
        HelpName = "SECONDS",
    }.Within(1, 30 * 24 * 3600);

    public static Command Create()
    {
        var verb = new Verb("deploy", "Take the next release out and follow it to its end. Exit 1 where it was taken back.",
            "signalbox deploy", "signalbox deploy ./shop --env production", "signalbox deploy --no-wait --format json",
            "signalbox deploy --evidence results/", "signalbox deploy --release shop-2 --env production", "signalbox deploy --once 4711");
        verb.Add(From);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Release);
        verb.Add(Once);
        verb.Add(Evidence);
        verb.Add(ReleaseFile);
        verb.Add(NoBuild);
        verb.Add(NoWait);
        verb.Add(Timeout);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(Once) is not null && result.GetValue(Release) is not null) result.AddError("--once makes a release and --release takes one that is made; expected one of them");
        });
        return verb.Asks(RunAsync);
    }

    private static Option<string?> Key()
    {
        var once = new Option<string?>("--once") { Description = "make one release under this key, such as the id of the pipeline's run: whoever asks for the same again gets that one, and what becomes of it", HelpName = "KEY" };
        once.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ReleaseKey.IsKey(token.Value)) result.AddError($"--once is '{ReleaseRules.Shown(token.Value)}'; expected {ReleaseKey.Expected}");
        });
        return once;
    }

    private static TimeSpan? Limit(Session session) => session.Get(Timeout) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static async Task<int> RunAsync(Session session)
    {
        if (session.Get(Release) is { } made) return await AgainAsync(session, made).ConfigureAwait(false);
        var file = await DeployFile.ReadAsync(session.Get(From)!, session).ConfigureAwait(false);
        using var client = session.Connect();
        var builds = new Builds(session, file, skip: session.Get(NoBuild));
        var code = ExitCode.Yes;
        var ids = new List<string>();
        foreach (var application in file.Choose(session.Get(Application)))
        {
            var deployed = await new Deployment(client, session, file, builds) { Timeout = Limit(session), Once = session.Get(Once), Made = release => Note(session, ids, release) }
                .RunAsync(application, session.Get(Env), !session.Get(NoWait), session.Get(Evidence) ?? []).ConfigureAwait(false);
            if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
            code = Math.Max(code, deployed.ExitCode);
        }
        return code;
    }

    /// <summary>Before it goes out: also of a release that is taken back it can be said which one it was.</summary>
    private static void Note(Session session, List<string> ids, Release release)
    {
        if (!IsWord(release.Id)) throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "release-id-malformed", $"the control plane names the release {release.Id}, which is no release's id; expected lower-case letters, digits, '.' and '-'", new("control plane"), "signalbox status"));
        ids.Add(release.Id);
        if (session.Get(ReleaseFile) is { } file) File.WriteAllLines(file, ids);
    }

    /// <summary>What reads the file makes words of a command line of its lines.</summary>
    private static bool IsWord(string? id) =>
        id is { Length: > 0 } && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');

    private static async Task<int> AgainAsync(Session session, string made)
    {
        using var client = session.Connect();
        var release = await client.ReleaseAsync(made, session.Cancel).ConfigureAwait(false);
        var environment = session.Get(Env) is not { } name ? release.Environments[0] : release.In(name)
            ?? throw DeployOptions.NoSuchEnvironment(release, name);
        if (session.Get(Evidence) is { Length: > 0 } results)
            foreach (var view in await EvidenceFolder.AddAsync(client, results, null, release.Id, null, session).ConfigureAwait(false)) session.Say(EvidenceStoreVerbs.Line(view));
        var deployed = await new ReleaseStart(client, session) { Silent = session.Json, Timeout = Limit(session) }.RunAsync(release, environment, !session.Get(NoWait)).ConfigureAwait(false);
        if (session.Json) session.WriteJson(deployed.View, CliJson.Default.DeployedView);
        return deployed.ExitCode;
    }
}
