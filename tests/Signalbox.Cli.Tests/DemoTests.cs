using System.Text.Json;

namespace Signalbox.Cli.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task DemoExit_TellsTheStoryAndLeavesNothing()
    {
        var ended = (await SignalboxProgram.RunAsync(_directory.Path, Scratch, ["demo", "--exit", "--format", "json"])).Expect(0);
        using var json = JsonDocument.Parse(ended.Out);
        Assert.True(json.RootElement.GetProperty("asTold").GetBoolean());
        AssertNothingLeft();
    }

    [Fact]
    public async Task Demo_Interrupted_LeavesNothing()
    {
        using var demo = SignalboxProgram.Start(SignalboxProgram.Path, _directory.Path, Scratch, "demo");
        var line = "";
        while (line is not null && !line.Contains("goes out to shop/production", StringComparison.Ordinal)) line = await demo.StandardOutput.ReadLineAsync();
        using (var kill = SignalboxProgram.Start("/bin/kill", null, null, "-INT", demo.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            await SignalboxProgram.EndOf(kill);
        (await SignalboxProgram.EndOf(demo)).Expect(130);
        AssertNothingLeft();
    }

    /// <summary>The runtime's own diagnostic sockets, of processes that were killed, do not count; the demo switches them off where it can.</summary>
    private void AssertNothingLeft() => Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path, "signalbox-*"));

    private Dictionary<string, string> Scratch => new() { ["TMPDIR"] = _directory.Path };
}
