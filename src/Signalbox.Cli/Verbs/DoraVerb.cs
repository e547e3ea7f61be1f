using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class DoraVerb
{
    private const int MostDays = 371;

    private static readonly Option<string?> Application = new("--app") { Description = "only this application", HelpName = "NAME" };
    private static readonly Option<string> Env = new("--env") { Description = "the environment whose users count", HelpName = "NAME", DefaultValueFactory = _ => "production" };
    private static readonly Option<int> Window = new("--window") { Description = $"how far back: days (90d) or weeks (12w), at most {MostDays}d; default 90d", HelpName = "TIME", CustomParser = ParseDays, DefaultValueFactory = _ => 90 };

    public static Command Create()
    {
        var verb = new Verb("dora", "Show DORA's five keys and the five principles, each with its target, its trend and what it was computed from.",
            "signalbox dora", "signalbox dora --app shop --env production --window 30d");
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Window);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var application = session.Get(Application) is { } name ? $"&application={Uri.EscapeDataString(name)}" : "";
        var days = session.Get(Window).ToString(CultureInfo.InvariantCulture);
        var view = await client.GetAsync($"api/v1/dora?environment={Uri.EscapeDataString(session.Get(Env)!)}&days={days}{application}", ApiJson.Default.DoraView, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(view, ApiJson.Default.DoraView);
        else foreach (var line in DoraText.Lines(view, session.Paint)) session.Out.WriteLine(line);
        return ExitCode.Yes;
    }

    private static int ParseDays(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        var unit = text.EndsWith('w') ? 7 : 1;
        if (text.Length is > 1 and < 6 && text[^1] is 'd' or 'w' && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number * unit is >= 1 and <= MostDays)
            return number * unit;
        result.AddError($"'{text}' is no window; expected days or weeks such as 90d or 12w, at most {MostDays}d");
        return 0;
    }
}
