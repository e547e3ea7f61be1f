namespace Signalbox.Cli.Tests.Browser;

/// <summary>Pictures of the page: into the documentation with SIGNALBOX_ACCEPT=1, and where SIGNALBOX_PICTURES says, of every width and colour.</summary>
internal static class PagePicture
{
    /// <summary>Names that the documentation shows.</summary>
    private static readonly string[] s_shown = ["rollout"];

    public static async Task TakeAsync(BrowserPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SIGNALBOX_ACCEPT") == "1" && s_shown.Contains(name))
            foreach (var dark in new[] { false, true })
                await SaveAsync(page, Path.Combine(SignalboxProgram.Repository, "docs", "pictures", $"page-{name}{(dark ? "-dark" : "")}.png"), 1100, 1330, dark);
        if (Environment.GetEnvironmentVariable("SIGNALBOX_PICTURES") is { Length: > 0 } folder)
            foreach (var width in new[] { 1280, 360 })
                foreach (var dark in new[] { false, true })
                    await SaveAsync(page, Path.Combine(folder, $"{name}-{width}-{(dark ? "dark" : "light")}.png"), width, 1500, dark);
        await page.ShapeAsync(1280, 900, dark: false);
    }

    private static async Task SaveAsync(BrowserPage page, string path, int width, int height, bool dark)
    {
        await page.ShapeAsync(width, height, dark);
        // charts draw themselves anew in the next frames
        await page.EvaluateAsync("new Promise(done => setTimeout(done, 400))");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, await page.PictureAsync());
    }
}
