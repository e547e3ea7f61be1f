using System.Net;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Runtimes;
using Signalbox.Storage;

namespace Signalbox.Server.Tests;

public sealed class RequestTests
{
    private const string Digest = "sha256:9f2c8d1e0b3a4f5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4";

    public static TheoryData<string, int, string> Hostile => new()
    {
        { "", 400, "json-invalid" },
        { "null", 400, "json-invalid" },
        { "[]", 400, "json-invalid" },
        { "\"x\"", 400, "json-invalid" },
        { "{", 400, "json-invalid" },
        { "{} {}", 400, "json-invalid" },
        { "{\"application\":1,\"environment\":\"e\",\"release\":\"r\"}", 400, "json-invalid" },
        { "{\"application\":null,\"environment\":\"e\",\"release\":\"r\"}", 400, "json-invalid" },
        { "{\"application\":\"a\",\"application\":\"b\",\"environment\":\"e\",\"release\":\"r\"}", 400, "json-invalid" },
        { "{\"application\":\"a\",\"environment\":\"e\"}", 400, "member-missing" },
        { "{\"x\":" + new string('[', 5_000) + new string(']', 5_000) + "}", 400, "json-invalid" },
        { "{\"application\":\"" + new string('a', 70_000) + "\"}", 413, "body-too-large" },
        { "{\"application\":\"\\ud800\",\"environment\":\"e\",\"release\":\"r\"}", 400, "json-invalid" },
    };

    [Theory]
    [InlineData("\"application\": \"shop\"", "\"application\": \"shop\"", null)]
    [InlineData("\"application\": \"shop\"", "\"application\": \"../shop\"", "application is named '../shop'")]
    [InlineData("\"name\": \"production\"", "\"name\": \"prod@x\"", "environment is named 'prod@x'")]
    [InlineData("\"commit\": \"0f1e", "\"commit\": \"\\u001b[2J", "source.commit is not a commit")]
    public async Task CreateRelease_IsCheckedAsStrictlyAsItsFile(string part, string instead, string? refusal)
    {
        await using var test = await TestServer.StartAsync();
        using var answer = await test.SendAsync("POST", "/api/v1/releases", Endpoints.Examples.CreateRelease.Replace(part, instead, StringComparison.Ordinal));
        Assert.Equal(refusal is null ? 201 : 400, (int)answer.StatusCode);
        if (refusal is not null) Assert.Contains(refusal, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4711", 201)]
    [InlineData("made before", 200)]
    [InlineData("", 400)]
    [InlineData("a\\u0007b", 400)]
    [InlineData("a\\u202eb", 400)]
    public async Task CreateRelease_TakesAKey(string once, int status)
    {
        await using var test = await TestServer.StartAsync();
        using var answer = await test.SendAsync("POST", "/api/v1/releases", Endpoints.Examples.CreateRelease.Replace("\"application\"", $"\"once\": \"{once}\", \"application\"", StringComparison.Ordinal));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 400) Assert.Contains("release-key-invalid", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Hostile))]
    public async Task Body_ThatIsNotTheJsonAsked_IsRefusedByName(string body, int status, string id)
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync("POST", "/api/v1/rollouts", body);

        Assert.Equal((status, id), (refused.Status, refused.Problem.Id));
        // no type of ours, no serialiser's advice
        Assert.DoesNotContain("Signalbox.", refused.Problem.Message, StringComparison.Ordinal);
        Assert.Empty(test.Plane.Calls);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "route-unknown")]
    [InlineData("PUT", "/api/v1/status", 405, "method-not-allowed")]
    [InlineData("GET", "/api/v1/rollouts?limit=0", 400, "parameter-invalid")]
    [InlineData("GET", "/api/v1/rollouts?limit=1001", 400, "parameter-invalid")]
    [InlineData("GET", "/api/v1/rollouts?active=maybe", 400, "parameter-invalid")]
    [InlineData("GET", "/api/v1/ledger/entries?after=-1", 400, "parameter-invalid")]
    [InlineData("GET", "/api/v1/tracks/none/production", 404, "track-unknown")]
    [InlineData("GET", "/api/v1/rollouts/r-9", 404, "rollout-unknown")]
    [InlineData("GET", "/api/v1/releases/shop-9", 404, "release-unknown")]
    public async Task Request_ForWhatIsNotThere_IsAProblem(string method, string path, int status, string id)
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync(method, path);

        Assert.Equal((status, id), (refused.Status, refused.Problem.Id));
    }

    [Fact]
    public async Task Body_OfAnotherType_IsRefused()
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync("POST", "/api/v1/rollouts", "{}", with: r => r.Content!.Headers.ContentType = new("text/plain"));

        Assert.Equal((415, "not-json"), (refused.Status, refused.Problem.Id));
    }

    [Fact]
    public async Task Commands_ReachTheControlPlaneWithWhoAndWhy()
    {
        await using var test = await TestServer.StartAsync();
        var operate = (await test.NewTokenAsync("operate")).Token;

        foreach (var command in new[] { "advance", "abort", "pause", "resume" })
        {
            using var answer = await test.SendAsync("POST", $"/api/v1/rollouts/r-1/{command}", """{"reason":"seen\u001b[31m"}""", operate);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var back = await test.SendAsync("POST", "/api/v1/tracks/shop/production/rollback", """{"to":"shop-1"}""", operate);
        Assert.Equal(HttpStatusCode.Created, back.StatusCode);
        Assert.Equal(
            [
                "Advance r-1 by ci:trial: seen [31m", "Abort r-1 by ci:trial: seen [31m", "Pause r-1 by ci:trial: seen [31m",
                "Resume r-1 by ci:trial: seen [31m", "rollback shop/production to shop-1 by ci:trial",
            ],
            test.Plane.Calls);
    }

    [Fact]
    public async Task Refusals_KeepTheirWords()
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync("POST", "/api/v1/rollouts", """{"application":"a","environment":"e","release":"unknown-1"}""");

        Assert.Equal((404, new Problem("release-unknown", "release unknown-1 does not exist", "signalbox history")), refused);
    }

    [Fact]
    public async Task Faults_AreToldApart_AndOursStayInTheLog()
    {
        await using var test = await TestServer.StartAsync();
        async Task<(int, string)> Status(Exception fault)
        {
            test.Plane.Fault = fault;
            var refused = await test.RefusedAsync("GET", "/api/v1/status");
            Assert.DoesNotContain("secret", refused.Problem.Message, StringComparison.Ordinal);
            return (refused.Status, refused.Problem.Id);
        }

        Assert.Equal((503, "host-unreachable"), await Status(new HostUnreachableException("no answer")));
        Assert.Equal((507, "ledger-disk-full"), await Status(new StorageException("ledger-disk-full", "no room", "df -h")));
        Assert.Equal((503, "storage-failed"), await Status(new IOException("gone")));
        Assert.Equal((500, "internal-error"), await Status(new InvalidOperationException("secret")));
        Assert.Contains(test.Log, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_AreOneObjectALine_AndFollowingEndsWithTheServer()
    {
        var test = await TestServer.StartAsync();
        using var answer = await test.SendAsync("GET", "/api/v1/tracks/shop/production/logs?service=api&lines=2&follow=true");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        var first = JsonSerializer.Deserialize((await reader.ReadLineAsync())!, ApiJson.Default.LogLine)!;
        var second = JsonSerializer.Deserialize((await reader.ReadLineAsync())!, ApiJson.Default.LogLine)!;
        await test.Server.DisposeAsync();

        Assert.Equal(("api", "line 1", "line 2"), (first.Service, first.Text, second.Text));
        Assert.Null(await reader.ReadLineAsync());
        await test.DisposeAsync();
    }

    [Fact]
    public async Task Upload_IsStreamedOnce()
    {
        await using var test = await TestServer.StartAsync();
        Assert.Equal(404, await HeadAsync(test));

        Assert.Equal(HttpStatusCode.Created, await UploadAsync(test, new byte[500_000]));
        Assert.Equal(HttpStatusCode.OK, await UploadAsync(test, new byte[500_000]));

        Assert.Equal(200, await HeadAsync(test));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_PastTheLimit_IsRefusedAndKeepsNothing(bool lengthTold)
    {
        await using var test = await TestServer.StartAsync();
        var content = new StreamContent(new MemoryStream(new byte[(1 << 20) + 1]));
        if (!lengthTold) content.Headers.ContentLength = null;

        HttpStatusCode? status = null;
        try
        {
            status = await UploadAsync(test, content, Digest, chunked: !lengthTold);
        }
        catch (HttpRequestException)
        {
            // the server may close while we still send; what counts is that nothing is kept
        }

        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge);
        Assert.Empty(test.Plane.Artifacts);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:abc")]
    [InlineData("../../etc/passwd")]
    public async Task Upload_WithoutAWellFormedDigest_IsRefused(string? digest)
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await UploadAsync(test, new ByteArrayContent(new byte[10]), digest, chunked: false));
    }

    private static Task<HttpStatusCode> UploadAsync(TestServer test, byte[] content) =>
        UploadAsync(test, new ByteArrayContent(content), Digest, chunked: true);

    private static async Task<HttpStatusCode> UploadAsync(TestServer test, HttpContent content, string? digest, bool chunked)
    {
        using var answer = await test.SendAsync("POST", "/api/v1/artifacts", with: r =>
        {
            r.Content = content;
            r.Headers.TransferEncodingChunked = chunked;
            if (digest is not null) r.Headers.Add("X-Signalbox-Digest", digest);
        });
        return answer.StatusCode;
    }

    private static async Task<int> HeadAsync(TestServer test)
    {
        using var answer = await test.SendAsync("HEAD", $"/api/v1/artifacts/{Digest}");
        return (int)answer.StatusCode;
    }
}
