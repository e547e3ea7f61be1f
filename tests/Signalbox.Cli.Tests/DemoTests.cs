namespace Signalbox.Cli.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task DemoExit_TellsTheStoryAndLeavesNothing()
    {
        await using (var terminal = TerminalSession.Start(100, 40, Scratch, "demo", "--exit"))
        {
            var code = await terminal.EndAsync();
            Assert.True(code == 0, terminal.See(screen => screen.Text));
            Picture.Verify("demo", "signalbox demo --exit: who answered, and what the users felt", terminal.See(Chart));
        }
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

    private static List<IReadOnlyList<Cell>> Chart(TerminalModel screen)
    {
        var from = screen.Lines.ToList().FindIndex(line => line.StartsWith("who answered", StringComparison.Ordinal));
        var to = screen.Lines.ToList().FindIndex(line => line.StartsWith("as told", StringComparison.Ordinal));
        return [.. screen.Cells.Skip(from).Take(to - from + 1)];
    }

    /// <summary>The runtime's own diagnostic sockets, of processes that were killed, do not count; the demo switches them off where it can.</summary>
    private void AssertNothingLeft() => Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path, "signalbox-*"));

    private Dictionary<string, string> Scratch => new() { ["TMPDIR"] = _directory.Path };
}
