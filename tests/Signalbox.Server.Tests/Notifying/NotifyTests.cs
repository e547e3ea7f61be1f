using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Server.Outbound;
using Signalbox.Server.Tests.Metrics;

namespace Signalbox.Server.Tests.Notifying;

public sealed class NotifyTests
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    private static RolloutEvent.Started Started(TestServer test, string environment = "production") => new(
        new("ci:trial"), test.Time.GetUtcNow(), $"shop-{environment}-1", new("shop-2", new(environment, "local", Exposed.Canary, []), new Dictionary<string, Digest>()), RolloutKind.Deploy, "shop-1", null);

    private static RolloutEvent.Ended Ended(TestServer test, string? reason = null) => new(Principal.Engine, test.Time.GetUtcNow(), Phase.RolledBack, reason);

    private static Task<IReadOnlyList<LedgerEntry>> HappenAsync(TestServer test, RolloutEvent happened, string environment = "production") =>
        test.Plane.RecordAsync([RolloutEvents.ToEntry(new TrackKey("shop", environment), happened)], CancellationToken.None);

    private const string Wiki = "runbook: \"https://wiki.example.com/{application}\"\n";

    private static async Task<HttpResponseMessage> SetAsync(TestServer test, string sinks, string token = "admin", string runbook = Wiki) => await test.SendAsync(
        "PUT", "/api/v1/notifications", $"apiVersion: signalbox-notify/v1\nlink: https://signalbox.example.com\n{runbook}sinks:\n{sinks}", token,
        request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/yaml"));

    private static async Task<NotifyView> ViewAsync(TestServer test)
    {
        using var answer = await test.SendAsync("GET", "/api/v1/notifications");
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.NotifyView)!;
    }

    private static Task HasSinksAsync(TestServer test, int count) => Until.TrueAsync(async () => (await ViewAsync(test)).Sinks.Count == count);

    private static string SecretFile(TestServer test, string secret = Secret)
    {
        var path = Path.Combine(test.State, "secret-of-the-hook");
        File.WriteAllText(path, secret + "\n");
        return path;
    }

    [Fact]
    public async Task Webhook_IsSignedAsStandardWebhooksAsk_AndSaysWhatToDo()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: hook, kind: webhook, url: \"{receiver.Address}/in\", secretFile: {SecretFile(test)}, on: [rolledBack] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));
        await HappenAsync(test, Ended(test, "orders fail"));

        await Until.TrueAsync(() => receiver.Taken.Count == 1);
        var (_, headers, body) = receiver.Taken.Single();
        var key = Convert.FromBase64String(Secret[6..]);
        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}."), .. body]));
        Assert.Equal($"v1,{expected}", headers["webhook-signature"]);
        var data = JsonNode.Parse(body)!["data"]!;
        Assert.Equal(headers["webhook-id"], (string?)data["id"]);
        Assert.Equal("shop-production-1 was taken back: orders fail; shop-1 serves", (string?)data["what"]);
        Assert.Equal("find out why: signalbox rollouts show shop-production-1", (string?)data["todo"]);
        Assert.Equal("devops", (string?)data["handTo"]);
        Assert.Equal("https://signalbox.example.com/?rollout=shop-production-1", (string?)data["page"]);
        Assert.Equal("https://wiki.example.com/shop", (string?)data["runbook"]);
    }

    [Fact]
    public async Task Runbooks_KeptNowhereElse_AreThoseOnThePage()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: events, kind: cloudEvents, url: \"{receiver.Address}/\", on: [started] }}", runbook: "")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));

        await Until.TrueAsync(() => !receiver.Taken.IsEmpty);
        Assert.Equal("https://signalbox.example.com/#/shop/production/runbooks", (string?)JsonNode.Parse(receiver.Taken.Single().Body)!["data"]!["runbook"]);
    }

    [Fact]
    public async Task Sinks_AreTurnedOffByAnEmptyList()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: hook, kind: cloudEvents, url: \"{receiver.Address}/\" }}")).EnsureSuccessStatusCode();
        await HasSinksAsync(test, 1);
        (await SetAsync(test, "  []")).EnsureSuccessStatusCode();

        await HasSinksAsync(test, 0);
    }

    [Fact]
    public async Task Sink_ThatWantsMoreThanBefore_HearsOfItFromThenOn()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        var hook = $"name: hook, kind: cloudEvents, url: \"{receiver.Address}/\"";
        (await SetAsync(test, $"  - {{ {hook}, on: [rolledBack] }}")).EnsureSuccessStatusCode();
        await HasSinksAsync(test, 1);
        await HappenAsync(test, Started(test));
        (await SetAsync(test, $"  - {{ {hook}, on: [started, rolledBack] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Ended(test));

        await Until.TrueAsync(() => !receiver.Taken.IsEmpty);
        Assert.Equal("signalbox.rollout.rolledBack.v1", (string?)JsonNode.Parse(receiver.Taken.Single().Body)!["type"]);
    }

    [Fact]
    public async Task Slack_TextFromOutside_MakesNoLinkAndNoMention()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        File.WriteAllText(Path.Combine(test.State, "slack"), receiver.Address + "/services/T0/B0/secret");
        (await SetAsync(test, $"  - {{ name: chat, kind: slack, urlFile: {test.State}/slack, on: [rolledBack] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));
        await HappenAsync(test, Ended(test, "<!channel> & <https://evil.example.com|click>"));

        await Until.TrueAsync(() => !receiver.Taken.IsEmpty);
        var text = (string)JsonNode.Parse(receiver.Taken.Single().Body)!["text"]!;
        Assert.Contains("&lt;!channel&gt; &amp; &lt;https://evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<!", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(await ViewAsync(test), ApiJson.Default.NotifyView), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CloudEvents_HaveAnIdentityAndASource()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: events, kind: cloudEvents, url: \"{receiver.Address}/\", on: [started] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));

        await Until.TrueAsync(() => !receiver.Taken.IsEmpty);
        var (_, headers, body) = receiver.Taken.Single();
        var sent = JsonNode.Parse(body)!;
        Assert.StartsWith("application/cloudevents+json", headers["content-type"], StringComparison.Ordinal);
        Assert.Equal(("1.0", "signalbox.rollout.started.v1", "shop-production-1"), ((string?)sent["specversion"], (string?)sent["type"], (string?)sent["subject"]));
        Assert.StartsWith("/signalbox/", (string?)sent["source"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_GoesThroughTheRelayOfThisMachine()
    {
        await using var relay = new MailRelay();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: mail, kind: email, relay: \"127.0.0.1:{relay.Port}\", from: signalbox@example.com, to: [ops@example.com, dev@example.com], on: [started] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));

        await Until.TrueAsync(() => !relay.Mails.IsEmpty);
        var mail = relay.Mails.Single();
        Assert.Contains("RCPT TO:<ops@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<dev@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <sbx-", mail, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatRefuses_IsTriedAgainWithTheSameId_AndKeepsNobodyWaiting()
    {
        await using var dead = await Receiver.StartAsync();
        await using var alive = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        dead.Status = 503;
        (await SetAsync(test, $"  - {{ name: dead, kind: cloudEvents, url: \"{dead.Address}/\" }}\n  - {{ name: alive, kind: cloudEvents, url: \"{alive.Address}/\" }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test));
        await HappenAsync(test, Ended(test));

        await Until.TrueAsync(() => alive.Taken.Count == 2 && !dead.Taken.IsEmpty);
        dead.Status = 204;
        await Until.TrueAsync(() =>
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            return dead.Taken.Count >= 3;
        });
        var ids = dead.Taken.Select(taken => (string)JsonNode.Parse(taken.Body)!["id"]!).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(2, ids.Distinct().Count());
        await Until.TrueAsync(() => ViewAsync(test).Result.Sinks.Single(sink => sink.Name == "dead") is { Sent: 2, Pending: 0, Problem: null });
    }

    [Fact]
    public async Task Restart_TellsWhatWasNotTold_AndNothingTwice()
    {
        await using var receiver = await Receiver.StartAsync();
        var state = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");
        await using (var test = await TestServer.StartAsync(state: state))
        {
            (await SetAsync(test, $"  - {{ name: events, kind: cloudEvents, url: \"{receiver.Address}/\" }}")).EnsureSuccessStatusCode();
            await HappenAsync(test, Started(test));
            await Until.TrueAsync(() => ViewAsync(test).Result.Sinks.Any(sink => sink.Sent == 1));
            receiver.Status = 503;
            await HappenAsync(test, Ended(test));
            await Until.TrueAsync(() => receiver.Taken.Count == 2);
        }
        receiver.Status = 204;
        await using (var test = await TestServer.StartAsync(state: state))
        {
            await Until.TrueAsync(() => receiver.Taken.Count == 3);
            await Until.TrueAsync(() => ViewAsync(test).Result.Sinks.Any(sink => sink is { Sent: 1, Pending: 0 }));
        }
        var types = receiver.Taken.Select(taken => (string?)JsonNode.Parse(taken.Body)!["type"]).ToList();
        Assert.Equal(["signalbox.rollout.started.v1", "signalbox.rollout.rolledBack.v1", "signalbox.rollout.rolledBack.v1"], types);
        Directory.Delete(Path.GetDirectoryName(state)!, recursive: true);
    }

    [Fact]
    public async Task Sink_OfOtherEnvironments_IsNotTold()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (await SetAsync(test, $"  - {{ name: events, kind: cloudEvents, url: \"{receiver.Address}/\", environments: [production] }}")).EnsureSuccessStatusCode();
        await HappenAsync(test, Started(test, "staging"), "staging");
        await HappenAsync(test, Started(test));

        await Until.TrueAsync(() => !receiver.Taken.IsEmpty);
        Assert.Equal("shop-production-1", (string?)JsonNode.Parse(receiver.Taken.Single().Body)!["subject"]);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var elsewhere = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var test = await TestServer.StartAsync();
        (receiver.Status, receiver.Location) = (302, elsewhere.Address);
        (await SetAsync(test, $"  - {{ name: events, kind: cloudEvents, url: \"{receiver.Address}/\" }}")).EnsureSuccessStatusCode();

        using var answer = await test.SendAsync("POST", "/api/v1/notifications/trial");
        var trial = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.IReadOnlyListNotifyTrial)!.Single();
        Assert.False(trial.Taken);
        Assert.Contains("redirects are not followed", trial.Problem, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Taken);
    }

    [Theory]
    [InlineData("{ name: a, kind: webhook, url: \"http://hooks.example.com/\", secretEnv: S }", "https://")]
    [InlineData("{ name: a, kind: webhook, url: \"https://user:word@hooks.example.com/\", secretEnv: S }", "https://")]
    [InlineData("{ name: a, kind: webhook, url: \"https://hooks.example.com/\" }", "'secretEnv' is missing")]
    [InlineData("{ name: a, kind: slack, url: \"https://hooks.example.com/\" }", "itself a secret")]
    [InlineData("{ name: a, kind: email, relay: \"10.0.0.1:25\", from: a@b.c, to: [d@e.f] }", "loopback")]
    [InlineData("{ name: a, kind: email, from: \"a@b.c, x@y.z\", to: [d@e.f] }", "a mail address")]
    [InlineData("{ name: a, kind: cloudEvents, url: \"https://e.example.com/\", on: [everything] }", "some of")]
    public async Task Settings_ThatAreWrong_AreRefusedByTheirLine(string sink, string says)
    {
        await using var test = await TestServer.StartAsync();
        using var answer = await SetAsync(test, "  - " + sink);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(says, JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.Problem)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_AreSetByAdminsOnly()
    {
        await using var test = await TestServer.StartAsync();
        var token = (await test.NewTokenAsync("read", "deploy", "operate", "approve", "report", "metrics")).Token;
        using var answer = await SetAsync(test, "  - { name: a, kind: cloudEvents, url: \"https://e.example.com/\" }", token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Outbound_ToAMetadataAddress_SendsNothing()
    {
        using var poster = new Poster();
        var answer = await poster.PostAsync(new("https://169.254.169.254/latest"), [], "application/json", [], CancellationToken.None);

        Assert.Equal((0, "it resolves to an address that may not be spoken with"), (answer.Status, answer.Problem));
    }
}
