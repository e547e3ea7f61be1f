using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Running;
using Signalbox.Diagnostics;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Verbs;

internal static class RunbookVerb
{
    private const string Unknown = "any";

    private static readonly Argument<string?> Shown = new("NAME") { Description = "one of them (default: all)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Name = new("NAME") { Description = "the runbook" };
    private static readonly Option<string?> Application = new("--app") { Description = "of this application, where there are several", HelpName = "NAME" };
    private static readonly Option<string?> Env = new("--env") { Description = "of this environment, where there are several", HelpName = "NAME" };
    private static readonly Option<int?> Step = new("--step") { Description = "only this step", HelpName = "N" };
    private static readonly Option<bool> Yes = new("--yes") { Description = "take every step without asking, as in a pipe" };
    private static readonly Option<string[]> Set = new("--set") { Description = "what stands for a word in capitals; repeat for several", HelpName = "NAME=VALUE" };

    public static Command Create() => Verb.Group("runbook", "Procedures of this installation, with the commands to paste.", List(), Show(), Run());

    private static Verb List()
    {
        var verb = new Verb("list", "List the procedures that apply to an application in an environment.", "signalbox runbook list", "signalbox runbook list --app shop --env production");
        AddTrack(verb);
        return verb.Does(async session =>
        {
            var (_, runbooks) = await WriteAsync(session).ConfigureAwait(false);
            if (session.Json) session.WriteJson(runbooks, RunbookJson.Default.IReadOnlyListRunbook);
            else foreach (var runbook in runbooks) session.Out.WriteLine($"{runbook.Name,-14} {runbook.Title}: when {runbook.When}");
            return ExitCode.Yes;
        });
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Write procedures as Markdown, with the commands of this installation.", "signalbox runbook show roll-back", "signalbox runbook show --app shop --env production > RUNBOOKS.md");
        verb.Add(Shown);
        AddTrack(verb);
        return verb.Does(async session =>
        {
            var (facts, runbooks) = await WriteAsync(session).ConfigureAwait(false);
            IReadOnlyList<Runbook> shown = session.Get(Shown) is { } name ? [Find(runbooks, name)] : runbooks;
            if (session.Json) session.WriteJson(shown, RunbookJson.Default.IReadOnlyListRunbook);
            else session.Out.Write(RunbookMarkdown.Write($"{facts.Application}/{facts.Environment}", shown));
            return ExitCode.Yes;
        });
    }

    private static Verb Run()
    {
        var verb = new Verb("run", "Take a procedure step by step: each is shown, asked for, run and recorded. A step that fails ends it, with exit code 1.",
            "signalbox runbook run roll-back", "signalbox runbook run restore --set BACKUP=/backup/monday --yes", "signalbox runbook run roll-back --step 3 --yes");
        verb.Add(Name);
        AddTrack(verb);
        verb.Add(Step);
        verb.Add(Set);
        verb.Add(Yes);
        return verb.Does(RunAsync);
    }

    private static void AddTrack(Verb verb)
    {
        verb.Add(Application);
        verb.Add(Env);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var (facts, runbooks) = await WriteAsync(session).ConfigureAwait(false);
        var runbook = Find(runbooks, session.Get(Name)!);
        if (session.Get(Step) is { } step && (step < 1 || step > runbook.Steps.Count))
            throw Usage("runbook-step-unknown", $"{runbook.Name} has {runbook.Steps.Count} steps and none of number {step}", $"signalbox runbook show {runbook.Name}");
        if (!session.Get(Yes) && (Console.IsInputRedirected || session.Json))
            throw Usage("runbook-nobody-to-ask", "there is no terminal to ask at before each step; expected --yes", $"signalbox runbook run {runbook.Name} --yes");
        var values = Values(session.Get(Set) ?? []);
        IEnumerable<RunbookStep> taken = session.Get(Step) is { } only ? [runbook.Steps[only - 1]] : runbook.Steps;
        if (taken.SelectMany(candidate => candidate.Blanks).FirstOrDefault(blank => !values.ContainsKey(blank)) is { } missing)
            throw Usage("runbook-blank", $"{runbook.Name} has to be told what {missing} is", $"signalbox runbook run {runbook.Name} --set {missing}=VALUE");
        var view = await new RunbookRun(session, runbook, facts, session.Get(Yes)).RunAsync(session.Get(Step), values).ConfigureAwait(false);
        if (session.Json) session.WriteJson(view, RunbookJson.Default.RunbookRunView);
        return view.Done ? ExitCode.Yes : ExitCode.No;
    }

    private static Dictionary<string, string> Values(string[] given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
            if (text.IndexOf('=') is > 0 and var equals) values[text[..equals]] = text[(equals + 1)..];
            else throw Usage("runbook-set-malformed", $"'{text}' sets nothing; expected NAME=VALUE", "--set BACKUP=/backup/monday");
        return values;
    }

    private static Runbook Find(IReadOnlyList<Runbook> runbooks, string name) => runbooks.FirstOrDefault(runbook => runbook.Name == name)
        ?? throw Usage("runbook-unknown", $"there is no runbook '{name}' here; expected one of {string.Join(", ", runbooks.Select(runbook => runbook.Name))}", "signalbox runbook list");

    private static SignalboxException Usage(string id, string message, string help) => new(ExitCode.Usage, Finding.Error(id, message, new("command line"), help));

    /// <summary>Where nothing runs, those that are needed then are written all the same.</summary>
    private static async Task<(RunbookFacts Facts, IReadOnlyList<Runbook> Runbooks)> WriteAsync(Session session)
    {
        using var client = ControlPlaneClient.TryConnect(session.State);
        var facts = client is null ? Nothing(session) : await FactsAsync(session, client).ConfigureAwait(false);
        return (facts, RunbookWriter.Of(facts));
    }

    private static RunbookFacts Nothing(Session session) => new(
        session.State.Path, session.Get(Application) ?? Unknown, session.Get(Env) ?? Unknown, null, null, null, [], new Dictionary<string, string>());

    private static async Task<RunbookFacts> FactsAsync(Session session, ControlPlaneClient client)
    {
        var status = await client.StatusAsync(session.Cancel).ConfigureAwait(false);
        List<string> names = [.. status.Paths.SelectMany(path => path.Environments.Select(environment => $"{path.Application}/{environment}"))];
        if (names.Count == 0) return Nothing(session);
        var track = TrackChoice.One(names, name => name, "runbook list", session.Get(Application), session.Get(Env)).Split('/');
        var release = RunbookSubject.Serving(status, track[0], track[1]) is { } serving ? await client.ReleaseAsync(serving, session.Cancel).ConfigureAwait(false) : null;
        return RunbookSubject.Of(status, track[0], track[1], session.State.Path, release);
    }
}
