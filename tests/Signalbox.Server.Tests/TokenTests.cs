using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Signalbox.Api;
using Signalbox.Ledger;
using Signalbox.Server.Access;

namespace Signalbox.Server.Tests;

public sealed class TokenTests
{
    [Fact]
    public async Task Created_IsShownOnceAndKeptAsHashOnly()
    {
        await using var test = await TestServer.StartAsync();

        var created = await test.NewTokenAsync("read");

        Assert.Matches("^sbx_[A-Za-z0-9_-]{43}$", created.Token);
        using var list = await test.SendAsync("GET", "/api/v1/tokens");
        var text = await list.Content.ReadAsStringAsync();
        Assert.Contains(created.View.Id, text, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Token, text, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(test.State).Where(f => Path.GetFileName(f) != "control.lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(created.Token, await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>With a token for each job, those that ended would be compared with each request for ever.</summary>
    [Fact]
    public void Ended_AreForgotten()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (ledger, tokens) = (new MemoryLedgerStore(time), new TokenRegistry(time));
        for (var i = 0; i < 10; i++)
        {
            var fact = TokenRegistry.Make("ci:shop", Scope.Read, time.GetUtcNow().AddMinutes(15), new("admin")).Fact;
            foreach (var entry in ledger.Append(ledger.Head, [fact])) tokens.Apply(entry);
            time.Advance(TimeSpan.FromMinutes(10));
        }
        Assert.Equal(2, tokens.Held);
        var again = new TokenRegistry(time);
        again.Replay(ledger);
        Assert.Equal(1, again.Held);
    }

    [Fact]
    public async Task Revoked_IsRefusedAtOnceAndAfterARestart()
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        TokenCreated kept, revoked;
        await using (var test = await TestServer.StartAsync(state: state))
        {
            (kept, revoked) = (await test.NewTokenAsync("read"), await test.NewTokenAsync("read"));
            using var deleted = await test.SendAsync("DELETE", $"/api/v1/tokens/{revoked.View.Id}");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.Equal(401, (await test.RefusedAsync("GET", "/api/v1/status", token: revoked.Token)).Status);
            Assert.Equal(404, (await test.RefusedAsync("DELETE", $"/api/v1/tokens/{revoked.View.Id}")).Status);
        }

        await using (var again = await TestServer.StartAsync(state: state))
        {
            using var served = await again.SendAsync("GET", "/api/v1/status", token: kept.Token);
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.Equal(401, (await again.RefusedAsync("GET", "/api/v1/status", token: revoked.Token)).Status);
        }

        Directory.Delete(state, recursive: true);
    }

    [Theory]
    [InlineData("""{"principal":"system:engine","scopes":["read"],"validFor":"01:00:00"}""", "principal-invalid")]
    [InlineData("""{"principal":"a\nb","scopes":["read"],"validFor":"01:00:00"}""", "principal-invalid")]
    [InlineData("""{"principal":"","scopes":["read"],"validFor":"01:00:00"}""", "member-missing")]
    [InlineData("""{"principal":"ci","scopes":["root"],"validFor":"01:00:00"}""", "scope-unknown")]
    [InlineData("""{"principal":"ci","scopes":[],"validFor":"01:00:00"}""", "scope-unknown")]
    [InlineData("""{"principal":"ci","validFor":"01:00:00"}""", "member-missing")]
    [InlineData("""{"principal":"ci","scopes":["read"],"validFor":"00:00:00"}""", "validity-out-of-range")]
    [InlineData("""{"principal":"ci","scopes":["read"],"validFor":"9999.00:00:00"}""", "validity-out-of-range")]
    public async Task Create_OfWhatIsNotAllowed_IsRefused(string body, string id)
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync("POST", "/api/v1/tokens", body);

        Assert.Equal((400, id), (refused.Status, refused.Problem.Id));
    }

    [Theory]
    [InlineData("/api/v1/events", true)]
    [InlineData("/api/v1/events", false)]
    [InlineData("/api/v1/tracks/shop/production/logs?follow=true", true)]
    [InlineData("/api/v1/tracks/shop/production/logs?follow=true", false)]
    public async Task Stream_EndsWithItsToken(string path, bool revoked)
    {
        await using var test = await TestServer.StartAsync(o => o with { Heartbeat = TimeSpan.FromMilliseconds(20) });
        var token = await test.NewTokenAsync("read", "logs");
        using var answer = await test.SendAsync("GET", path, token: token.Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.NotNull(await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));

        if (revoked) (await test.SendAsync("DELETE", $"/api/v1/tokens/{token.View.Id}")).Dispose();
        else test.Time.Advance(TimeSpan.FromHours(2));

        await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Session_ThatHasEnded_EndsItsStream()
    {
        await using var test = await TestServer.StartAsync(o => o with { Heartbeat = TimeSpan.FromMilliseconds(20) });
        using var session = await test.SendAsync("GET", await test.NewLoginLinkAsync(), token: null);
        var cookie = session.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var answer = await test.SendAsync("GET", "/api/v1/events", token: null, with: r => r.Headers.Add("Cookie", cookie));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        test.Time.Advance(TimeSpan.FromHours(13));

        await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Revocation_ThatIsReadBeforeItsToken_StaysInForce()
    {
        var tokens = new TokenRegistry(TimeProvider.System);
        var (token, fact) = TokenRegistry.Make("ci", Scope.Read, DateTimeOffset.MaxValue, Principal.Engine);
        var made = LedgerChain.Link(LedgerHead.Empty, [fact], DateTimeOffset.UtcNow)[0];
        var id = tokens.Apply(made)!.Id;
        tokens.Apply(LedgerChain.Link(new(made.Sequence, made.Hash), [TokenRegistry.Revoke(id, Principal.Engine)], DateTimeOffset.UtcNow)[0]);

        tokens.Apply(made);

        Assert.Null(tokens.Find(token));
    }

    [Fact]
    public async Task AdminToken_LiesInAPrivateFileAndIsRenewedBeforeItEnds()
    {
        await using var test = await TestServer.StartAsync();
        var path = Path.Combine(test.State, "token");
        var first = test.AdminToken;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        test.Time.Advance(TimeSpan.FromDays(80));

        await Until.TrueAsync(() => test.AdminToken != first);
        using var served = await test.SendAsync("GET", "/api/v1/status");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task Ledger_NamesWhoMadeTheToken()
    {
        await using var test = await TestServer.StartAsync();
        var created = await test.NewTokenAsync("read");

        using var answer = await test.SendAsync("GET", "/api/v1/ledger/entries", token: created.Token);
        var entries = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.IReadOnlyListLedgerEntryView)!;

        Assert.Equal(["system:control-plane", $"local:{Environment.UserName}"], entries.Select(e => e.Principal));
        Assert.Equal(entries[^1].Hash, LedgerChain.HashOf(new(
            entries[^1].Sequence, entries[^1].Stream, entries[^1].Type, entries[^1].At, new(entries[^1].Principal),
            entries[^1].Data.Utf8, entries[^1].PreviousHash, "")));
    }
}
