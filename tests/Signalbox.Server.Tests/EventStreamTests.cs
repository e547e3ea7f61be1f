using System.Text.Json;
using Signalbox.Api;
using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task LastEventId_ResumesWithoutGapOrDouble()
    {
        await using var test = await TestServer.StartAsync();
        await AppendAsync(test, 5);

        using var reader = await OpenAsync(test, r => r.Headers.Add("Last-Event-ID", "3"));
        var before = await LedgerIdsAsync(reader, 3);
        await AppendAsync(test, 2);
        var after = await LedgerIdsAsync(reader, 2);

        // the first entry is the state directory's own token
        Assert.Equal([4L, 5, 6, 7, 8], before.Concat(after));
    }

    [Fact]
    public async Task WithoutAPlace_OnlyWhatComesIsSent()
    {
        await using var test = await TestServer.StartAsync();
        await AppendAsync(test, 3);
        using var reader = await OpenAsync(test);

        await AppendAsync(test, 1);

        Assert.Equal([5L], await LedgerIdsAsync(reader, 1));
    }

    [Fact]
    public async Task Ledger_MoreThanOnePage_AllArrives()
    {
        await using var test = await TestServer.StartAsync();
        await AppendAsync(test, 350);

        using var reader = await OpenAsync(test, query: "?after=1");

        Assert.Equal(Enumerable.Range(2, 350).Select(n => (long)n), await LedgerIdsAsync(reader, 350));
    }

    [Fact]
    public async Task Observations_AreSentWithoutAnId()
    {
        await using var test = await TestServer.StartAsync();
        using var reader = await OpenAsync(test);

        test.Plane.Observations.Writer.TryWrite(new(7, FakeControlPlane.At, new("shop/production", 1, 2, null, null, [])));

        Assert.Equal("event: observation", await NextAsync(reader));
        var observation = JsonSerializer.Deserialize((await NextAsync(reader))["data: ".Length..], ProtocolJson.Default.Observation)!;
        Assert.Equal((7, "shop/production"), (observation.Cursor, observation.Track.Track));
    }

    [Fact]
    public async Task Silence_IsBrokenByHeartbeats()
    {
        await using var test = await TestServer.StartAsync(o => o with { Heartbeat = TimeSpan.FromMilliseconds(20) });
        using var reader = await OpenAsync(test);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("event: alive", await NextAsync(reader));
            Assert.Equal("data:", await NextAsync(reader));
        }
    }

    [Fact]
    public async Task Stop_EndsTheStream()
    {
        var test = await TestServer.StartAsync();
        using var reader = await OpenAsync(test);

        await test.Server.DisposeAsync();

        Assert.Null(await reader.ReadLineAsync());
        await test.DisposeAsync();
    }

    [Fact]
    public async Task Place_ThatIsNoNumber_IsRefused()
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal(400, (await test.RefusedAsync("GET", "/api/v1/events", with: r => r.Headers.Add("Last-Event-ID", "x"))).Status);
    }

    private static async Task AppendAsync(TestServer test, int count) => await test.Plane.RecordAsync(
        [.. Enumerable.Range(0, count).Select(n => new NewEntry("shop/production", "trial.happened/1", Principal.Engine, "{\"text\":\"a\\nb\"}"u8.ToArray()))], default);

    /// <summary>Past the greeting: from then on nothing is missed.</summary>
    private static async Task<StreamReader> OpenAsync(TestServer test, Action<HttpRequestMessage>? with = null, string query = "")
    {
        var answer = await test.SendAsync("GET", "/api/v1/events" + query, with: with);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { Length: > 0 }) { }
        return reader;
    }

    private static async Task<List<long>> LedgerIdsAsync(StreamReader reader, int count)
    {
        var ids = new List<long>();
        while (ids.Count < count)
        {
            var line = await NextAsync(reader);
            if (line.StartsWith("id: ", StringComparison.Ordinal)) ids.Add(long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture));
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                Assert.Equal(ids[^1], JsonSerializer.Deserialize(line["data: ".Length..], ApiJson.Default.LedgerEntryView)!.Sequence);
        }

        // the last one's data line follows its id
        while (await NextAsync(reader) is var rest && !rest.StartsWith("data: ", StringComparison.Ordinal)) { }
        return ids;
    }

    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
            if (line is null) Assert.Fail("the stream ended");
            if (line.Length > 0) return line;
        }
    }
}
