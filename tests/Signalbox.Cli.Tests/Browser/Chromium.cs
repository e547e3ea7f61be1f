using System.Diagnostics;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>A headless Chromium with a profile of its own, driven over the DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly DevTools _tools;

    private Chromium(Process process, string profile, DevTools tools) => (_process, _profile, _tools) = (process, profile, tools);

    /// <summary>Null where this machine has none.</summary>
    public static string? Program { get; } = new[] { Environment.GetEnvironmentVariable("SIGNALBOX_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);

    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("signalbox-chromium-").FullName;
        // without a sandbox, since root, as which CI may run, gets none; it opens nothing but what the test serves
        var process = SignalboxProgram.Start(Program!, profile, null,
            "--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
            "--force-color-profile=srgb", "about:blank");
        try
        {
            var address = await AddressAsync(process);
            _ = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            return new(process, profile, await DevTools.ConnectAsync(address));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <param name="prepare">Script that runs in the page before any of its own.</param>
    public async Task<BrowserPage> OpenAsync(int width = 1280, int height = 900, bool dark = false, string? prepare = null)
    {
        // a context is a profile of its own: no page sees another's cookies
        var context = await _tools.SendAsync(null, "Target.createBrowserContext", []);
        var target = await _tools.SendAsync(null, "Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = (string)context["browserContextId"]! });
        var attached = await _tools.SendAsync(null, "Target.attachToTarget", new() { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
        var page = new BrowserPage(_tools, (string)attached["sessionId"]!);
        await page.PrepareAsync(prepare);
        await page.ShapeAsync(width, height, dark);
        return page;
    }

    private static async Task<string> AddressAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        const string mark = "DevTools listening on ";
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith(mark, StringComparison.Ordinal)) return line[mark.Length..];
        throw new InvalidOperationException("Chromium ended before it said where it listens");
    }

    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        // its children may still write for a moment
        for (var tries = 0; tries < 20 && Directory.Exists(_profile); tries++)
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
    }
}
