using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server.Tests;

/// <summary>Who may do what with evidence, policies and approvals, over the real server.</summary>
public sealed class GateEndpointTests
{
    private const string Lcov = "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n";
    private static readonly Digest s_subject = Digest.Of("subject"u8);
    private static readonly string s_add = $"/api/v1/evidence?name=lcov.info&subject={s_subject}";

    [Theory]
    [InlineData("evidence", HttpStatusCode.Created)]
    [InlineData("deployer", HttpStatusCode.Created)]
    [InlineData("deploy", HttpStatusCode.Forbidden)]
    [InlineData("approver", HttpStatusCode.Forbidden)]
    [InlineData("viewer", HttpStatusCode.Forbidden)]
    public async Task Evidence_IsTakenFromWhoMayHandItIn(string scope, HttpStatusCode status)
    {
        await using var test = await TestServer.StartAsync();
        var token = (await test.NewTokenAsync(scope)).Token;
        using var answer = await test.SendAsync("POST", s_add, token: token, with: Raw(Lcov));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Evidence_IsRecordedOnceAndShown()
    {
        await using var test = await TestServer.StartAsync();
        using var checkedOnly = await test.SendAsync("POST", s_add + "&check=true", with: Raw(Lcov));
        Assert.Equal(HttpStatusCode.OK, checkedOnly.StatusCode);
        Assert.Empty(await ListAsync(test));
        using var first = await test.SendAsync("POST", s_add, with: Raw(Lcov));
        using var second = await test.SendAsync("POST", s_add, with: Raw(Lcov));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var view = Assert.Single(await ListAsync(test));
        Assert.Equal(("coverage", "lcov: 1 of 1 lines"), (view.Kind, view.Summary));
        using var content = await test.SendAsync("GET", $"/api/v1/evidence/{view.Id[7..19]}/content");
        Assert.Equal(Lcov, await content.Content.ReadAsStringAsync());
        var file = Path.Combine(test.State, "content", view.Content[7..9], view.Content[7..]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    /// <summary>Each principal has places of its own about a subject: who fills theirs keeps nobody else out.</summary>
    [Fact]
    public async Task Evidence_OfOnePrincipal_TakesNobodyElsesPlace()
    {
        await using var test = await TestServer.StartAsync();
        for (var line = 1; line <= 200; line++)
        {
            using var taken = await test.SendAsync("POST", s_add, with: Raw($"SF:a.js\nDA:{line},1\nLF:1\nLH:1\nend_of_record\n"));
            Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        }
        Assert.Equal("evidence-too-much", (await test.RefusedAsync("POST", s_add, with: Raw("SF:b.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"))).Problem.Id);
        using var others = await test.SendAsync("POST", s_add, token: (await test.NewTokenAsync("evidence")).Token, with: Raw(Lcov));
        Assert.Equal(HttpStatusCode.Created, others.StatusCode);
    }

    /// <summary>Each decision may have some hundred MB in memory, and whoever may start a rollout could start many.</summary>
    [Fact]
    public async Task Rollouts_BeginTwoAtOnce()
    {
        await using var test = await TestServer.StartAsync();
        var root = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");
        var desk = GateDesk.Open(StateDirectory.Open(root), new MemoryLedgerStore(TimeProvider.System));
        var goes = new TaskCompletionSource<int>();
        Task<int>[] held = [desk.DecideAsync(() => goes.Task, TestContext.Current.CancellationToken), desk.DecideAsync(() => goes.Task, TestContext.Current.CancellationToken)];
        Task<HttpResponseMessage>[] begun =
        [
            test.SendAsync("POST", "/api/v1/rollouts", """{"application":"shop","environment":"production","release":"shop-2"}"""),
            test.SendAsync("POST", "/api/v1/releases/shop-2/promote", """{"to":"production"}"""),
        ];
        try
        {
            for (var i = 0; i < 10; i++) (await test.SendAsync("GET", "/api/v1/status")).EnsureSuccessStatusCode();
            Assert.DoesNotContain(begun, answer => answer.IsCompleted);
            Assert.Empty(test.Plane.Calls);
        }
        finally
        {
            // the turns are everybody's
            goes.SetResult(0);
            await Task.WhenAll(held);
        }
        foreach (var answer in begun) Assert.Equal(HttpStatusCode.Created, (await answer).StatusCode);
        Directory.Delete(Path.GetDirectoryName(root)!, recursive: true);
    }

    [Theory]
    [InlineData("/api/v1/evidence?name=x", 400, "parameter-invalid")]
    [InlineData("/api/v1/evidence?name=x&subject=abc", 400, "parameter-invalid")]
    [InlineData("/api/v1/evidence?name=x&release=none-1", 404, "release-unknown")]
    [InlineData("/api/v1/evidence?name=x&kind=approval&subject=SUBJECT", 409, "evidence-other-kind")]
    [InlineData("/api/v1/evidence?name=x&kind=nonsense&subject=SUBJECT", 400, "parameter-invalid")]
    public async Task Evidence_ThatIsNone_IsRefused(string path, int status, string id)
    {
        await using var test = await TestServer.StartAsync();
        var refused = await test.RefusedAsync("POST", path.Replace("SUBJECT", s_subject.Value, StringComparison.Ordinal), with: Raw(Lcov));
        Assert.Equal((status, id), (refused.Status, refused.Problem.Id));
        Assert.Empty(await ListAsync(test));
    }

    [Fact]
    public async Task Evidence_IsWithdrawnBySomebodyElseAlone()
    {
        await using var test = await TestServer.StartAsync();
        using var added = await test.SendAsync("POST", s_add, with: Raw(Lcov));
        var id = JsonSerializer.Deserialize(await added.Content.ReadAsStringAsync(), ApiJson.Default.EvidenceView)!.Id;
        const string reason = """{"reason":"of another build"}""";
        Assert.Equal("evidence-own", (await test.RefusedAsync("POST", $"/api/v1/evidence/{id}/withdraw", reason)).Problem.Id);
        Assert.Equal("scope-missing", (await test.RefusedAsync("POST", $"/api/v1/evidence/{id}/withdraw", reason, (await test.NewTokenAsync("deployer")).Token)).Problem.Id);
        using var gone = await test.SendAsync("POST", $"/api/v1/evidence/{id}/withdraw", reason, (await test.NewTokenAsync("approver")).Token);
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        Assert.Empty(await ListAsync(test));
        Assert.Equal("evidence-withdrawn", (await test.RefusedAsync("POST", s_add, with: Raw(Lcov))).Problem.Id);
    }

    [Fact]
    public async Task Policy_IsSetByAnAdminAlone()
    {
        await using var test = await TestServer.StartAsync();
        const string policy = "apiVersion: signalbox-policy/v1\ngates: { coverage: enforce }\n";
        foreach (var role in new[] { "viewer", "deployer", "approver" })
            Assert.Equal("scope-missing", (await test.RefusedAsync("PUT", "/api/v1/policy?scope=production", token: (await test.NewTokenAsync(role)).Token, with: Raw(policy))).Problem.Id);
        using var set = await test.SendAsync("PUT", "/api/v1/policy?scope=production", with: Raw(policy));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        using var shown = await test.SendAsync("GET", "/api/v1/policy?scope=production");
        Assert.Equal(policy, JsonSerializer.Deserialize(await shown.Content.ReadAsStringAsync(), ApiJson.Default.PolicyView)!.Text);
        Assert.Equal("scope-invalid", (await test.RefusedAsync("PUT", "/api/v1/policy?scope=..%2Fx%2Fy", with: Raw(policy))).Problem.Id);
        Assert.Equal("policy-invalid", (await test.RefusedAsync("PUT", "/api/v1/policy?scope=production", with: Raw("gates: 3"))).Problem.Id);
        Assert.Equal("body-too-large", (await test.RefusedAsync("PUT", "/api/v1/policy?scope=production", with: Raw(new string('#', 300 << 10)))).Problem.Id);
    }

    [Fact]
    public async Task Approval_NeedsItsScopeAndARelease()
    {
        await using var test = await TestServer.StartAsync();
        const string approval = """{"release":"shop-1","environment":"production"}""";
        Assert.Equal("scope-missing", (await test.RefusedAsync("POST", "/api/v1/approvals", approval, (await test.NewTokenAsync("deployer")).Token)).Problem.Id);
        Assert.Equal("release-unknown", (await test.RefusedAsync("POST", "/api/v1/approvals", approval)).Problem.Id);
    }

    [Fact]
    public async Task State_OfANewServer_IsTheOldOnes()
    {
        var root = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");
        try
        {
            await using (var first = await TestServer.StartAsync(state: root))
            {
                using var added = await first.SendAsync("POST", s_add, with: Raw(Lcov));
                using var set = await first.SendAsync("PUT", "/api/v1/policy?scope=production", with: Raw("apiVersion: signalbox-policy/v1\n"));
                Assert.True(added.IsSuccessStatusCode && set.IsSuccessStatusCode);
            }
            await using var second = await TestServer.StartAsync(state: root);
            Assert.Single(await ListAsync(second));
            using var shown = await second.SendAsync("GET", "/api/v1/policy?scope=production");
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(root)!, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<EvidenceView>> ListAsync(TestServer test)
    {
        using var answer = await test.SendAsync("GET", $"/api/v1/evidence?subject={s_subject}");
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.IReadOnlyListEvidenceView)!;
    }

    private static Action<HttpRequestMessage> Raw(string body) => request =>
    {
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    };
}
