using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Diagnostics;
using Signalbox.Notifications;

namespace Signalbox.Cli.Verbs;

internal static class NotifyVerb
{
    private static readonly Option<string> From = new("--file", "-f") { Description = "the settings", HelpName = "FILE", Required = true };

    public static Command Create() => Verb.Group("notify", "Who is told of starts, successes, rollbacks and what waits for a person.", Set(), Show(), Try());

    private static Verb Set()
    {
        var verb = new Verb("set", "Say who is told of what: webhooks, Slack, e-mail, CloudEvents.", "signalbox notify set -f notify.yaml");
        verb.Add(From);
        return verb.Asks(async session =>
        {
            var (path, text) = (session.Get(From)!, Read(session.Get(From)!));
            var file = NotifyReader.Read(text, path);
            if (file.Settings is null) throw new SignalboxException(ExitCode.No, file.Findings);
            using var client = session.Connect();
            var request = new HttpRequestMessage(HttpMethod.Put, "api/v1/notifications") { Content = new ByteArrayContent(text) };
            request.Content.Headers.ContentType = new("application/yaml");
            var set = await client.SendAsync(request, ApiJson.Default.NotifyView, session.Cancel).ConfigureAwait(false);
            if (session.Json) session.WriteJson(set, ApiJson.Default.NotifyView);
            else session.Out.WriteLine($"{set.Sinks.Count} sinks are told from now on; try them: signalbox notify try");
            return ExitCode.Yes;
        });
    }

    private static Verb Show() => new Verb("show", "Show the settings in force, and how each sink fares.", "signalbox notify show").Asks(async session =>
    {
        using var client = session.Connect();
        var view = await client.GetAsync("api/v1/notifications", ApiJson.Default.NotifyView, session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(view, ApiJson.Default.NotifyView);
            return ExitCode.Yes;
        }
        foreach (var sink in view.Sinks) session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# {sink.Name} ({sink.Kind}) to {sink.To}: {sink.Sent} sent, {sink.Pending} pending, {sink.Dropped} dropped{(sink.Problem is { } problem ? $"; {problem}" : "")}"));
        session.Out.Write(view.Text.Length > 0 ? view.Text : "# nobody is told of anything: signalbox notify set -f notify.yaml\n");
        return ExitCode.Yes;
    });

    private static Verb Try() => new Verb("try", "Send every sink one notification now. Exit 1 where one was not taken.", "signalbox notify try").Asks(async session =>
    {
        using var client = session.Connect();
        var trials = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "api/v1/notifications/trial"), ApiJson.Default.IReadOnlyListNotifyTrial, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(trials, ApiJson.Default.IReadOnlyListNotifyTrial);
        else foreach (var trial in trials) session.Out.WriteLine($"{trial.Sink}: {trial.Problem ?? "taken"}");
        return trials.All(trial => trial.Taken) ? ExitCode.Yes : ExitCode.No;
    });

    private static byte[] Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[NotifyReader.MostBytes + 1];
            return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("notify-unreadable", $"the settings cannot be read: {e.Message.TrimEnd('.')}", new(path), "signalbox notify set --help"));
        }
    }
}
