using System.CommandLine;
using System.Globalization;
using Signalbox.Cli.Demo;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class DemoVerb
{
    private static readonly Option<bool> Exit = new("--exit") { Description = "end after the story: 0 where it went as told, else 1" };

    public static Command Create()
    {
        var verb = new Verb("demo", "See it work: real processes, real traffic, one good release and one bad one. Touches nothing outside a temporary directory.",
            "signalbox demo", "signalbox demo --exit");
        verb.Add(Exit);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        await using var scene = new DemoScene();
        await using var story = new DemoStory(scene, session);
        var view = await story.RunAsync().ConfigureAwait(false);
        if (session.Json) session.WriteJson(view, CliJson.Default.DemoView);
        else Write(session, view, story.Answers);
        if (!session.Get(Exit) && !session.Json) await StayAsync(session, scene).ConfigureAwait(false);
        return view.AsTold ? ExitCode.Yes : ExitCode.No;
    }

    private static void Write(Session session, DemoView view, IReadOnlyList<Answer> answers)
    {
        session.Out.WriteLine($"\n{session.Paint.Bold("who answered, as a share of all requests")}");
        session.Out.Write(TrafficChart.Render(answers, Screen.Width, session.Paint));
        session.Out.WriteLine($"\n{session.Paint.Bold("what the users felt")}");
        foreach (var felt in view.Felt) session.Out.WriteLine(Line(felt));
        session.Out.WriteLine(view.AsTold
            ? $"\n{session.Paint.Good("as told")}: v2 took over unnoticed, v3 was taken back by itself"
            : $"\n{session.Paint.Bad("not as told")}: expected v1 and v2 to succeed, v3 to be rolled back, and failures from v3 alone; the rollouts ended {string.Join(", ", view.Outcomes)}");
    }

    private static string Line(Felt felt)
    {
        var name = felt.Version.Length > 0 ? felt.Version : "no answer";
        var outage = felt.Outage is { } span ? string.Create(CultureInfo.InvariantCulture, $", first to last {span.TotalSeconds:0.00} s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name,9}  {felt.Requests,6} requests  {felt.Failures,4} failed{outage}");
    }

    private static async Task StayAsync(Session session, DemoScene scene)
    {
        session.Out.WriteLine($"\nthe shop serves at {scene.Address}; look at it with: signalbox status --state {scene.State.Path}\nCtrl-C ends the demo and removes everything");
        await Task.Delay(Timeout.Infinite, session.Cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
