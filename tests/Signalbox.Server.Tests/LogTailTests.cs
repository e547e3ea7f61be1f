using System.Net;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server.Tests;

/// <summary>What workloads printed is for the scope logs, wherever it stands.</summary>
public sealed class LogTailTests
{
    [Theory]
    [InlineData("/api/v1/rollouts/r-1")]
    [InlineData("/api/v1/rollouts")]
    public async Task Read_SeesThatThereAreLinesAndNotWhatTheySay(string path)
    {
        await using var test = await TestServer.StartAsync();
        var read = await BodyAsync(test, "GET", path, null, "read");
        Assert.DoesNotContain("hunter2", read, StringComparison.Ordinal);
        Assert.Contains("needs the scope logs", read, StringComparison.Ordinal);
        Assert.Contains("hunter2", await BodyAsync(test, "GET", path, null, "read", "logs"), StringComparison.Ordinal);
        Assert.Contains("hunter2", await BodyAsync(test, "GET", path, null, "admin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operate_SeesNoneInItsAnswers()
    {
        await using var test = await TestServer.StartAsync();
        Assert.DoesNotContain("hunter2", await BodyAsync(test, "POST", "/api/v1/rollouts/r-1/abort", "{}", "operate"), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", await BodyAsync(test, "POST", "/api/v1/tracks/shop/production/rollback", "{}", "operate"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_ShowThemToTheScopeLogsOnly(bool logs)
    {
        await using var test = await TestServer.StartAsync();
        var token = (await test.NewTokenAsync(logs ? ["read", "logs"] : ["read"])).Token;
        using var answer = await test.SendAsync("GET", "/api/v1/events", token: token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var failure = new InstanceFailure("exited", "exited with code 1", 1, FakeControlPlane.At, ["the password is hunter2"]);
        var service = new ServiceObservation("web", [new("shop-2", 1, 0, 0, Weight.Zero, 3, 0, 0, 0, failure)], null, null);
        test.Plane.Observations.Writer.TryWrite(new(7, FakeControlPlane.At, new("shop/production", 1, 2, null, null, [service])));
        string? line;
        while ((line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10))) is not null && !line.StartsWith("data: ", StringComparison.Ordinal)) { }
        Assert.Equal(logs, line!.Contains("hunter2", StringComparison.Ordinal));
    }

    private static async Task<string> BodyAsync(TestServer test, string method, string path, string? body, params string[] scopes)
    {
        using var answer = await test.SendAsync(method, path, body, (await test.NewTokenAsync(scopes)).Token);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }
}
