using System.Net;
using System.Text;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Ledger;

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
