using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Signalbox.Api;
using Signalbox.Delivery;

namespace Signalbox.Cli.Verbs;

/// <summary>The page, signed in.</summary>
internal static class OpenVerb
{
    public static Command Create() => new Verb("open", "Open the page in a browser, signed in by a link that works once, within 5 minutes. Prints the link, too.",
        "signalbox open",
        "xdg-open \"$(signalbox open --format json | jq -r .url)\"").Asks(RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        using var client = session.Connect();
        var link = await client.NewLoginLinkAsync(session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(link, ApiJson.Default.LoginLink);
        else session.Out.WriteLine(link.Url);
        if (session.Live && HasDesktop()) Show(link.Url);
        return ExitCode.Yes;
    }

    private static bool HasDesktop() => IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY");

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 };

    private static void Show(string url)
    {
        if (InstalledProgram.Find("xdg-open") is not { } program) return;
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(program, [url]) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            // it cannot be started: the link is printed
        }
    }
}
