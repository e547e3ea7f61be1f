using Signalbox.Api;
using Signalbox.Cli.Deploying;

namespace Signalbox.Cli.Tests;

/// <summary>Which addresses are no conflict, because the host listens there for that very environment.</summary>
public sealed class DeployFileTests
{
    [Theory]
    [InlineData("127.0.0.1", 8080, true)]
    [InlineData("127.0.0.1", 9090, true)]
    [InlineData("0.0.0.0", 8080, true)]
    [InlineData("::", 8080, true)]
    [InlineData("127.0.0.2", 8080, false)]
    [InlineData("127.0.0.1", 8081, false)]
    public void IsOurs_IsWhatIsServedNowOrNext_AndWhatCoversIt(string address, int port, bool ours)
    {
        TrackView[] tracks = [Track("shop", "production", "http://127.0.0.1:8080", "http://127.0.0.1:9090")];
        Assert.Equal(ours, DeployFile.IsOurs(tracks, "shop", "production", new(address, port)));
        Assert.False(DeployFile.IsOurs(tracks, "shop", "staging", new(address, port)));
    }

    private static TrackView Track(string application, string environment, string address, string next) =>
        new($"{application}/{environment}", application, environment, "Progressing", "shop-1", null, null, null, [new("web", "web", address, [], null, null, Next: next)], null);
}
