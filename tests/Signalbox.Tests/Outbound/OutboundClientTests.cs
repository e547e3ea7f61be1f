using System.Net;
using CsCheck;
using Signalbox.Outbound;

namespace Signalbox.Tests.Outbound;

/// <summary>Where the one way out leads, and where it does not.</summary>
public sealed class OutboundClientTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static OutboundRequest Get(Uri address) => OutboundRequest.Get(address, 1000, s_patience);

    private static OutboundClient Naming(params Uri[] addresses) => new(OutboundRules.Naming(addresses));

    private static async Task<OutboundFailure> FailureAsync(OutboundClient client, OutboundRequest request) =>
        (await Assert.ThrowsAsync<OutboundException>(() => client.SendAsync(request, TestContext.Current.CancellationToken))).Failure;

    [Theory]
    [InlineData("8.8.8.8", AddressReach.Public)]
    [InlineData("2606:4700::1", AddressReach.Public)]
    [InlineData("127.0.0.1", AddressReach.Loopback)]
    [InlineData("127.9.9.9", AddressReach.Loopback)]
    [InlineData("::1", AddressReach.Loopback)]
    [InlineData("::ffff:127.0.0.1", AddressReach.Loopback)]
    [InlineData("10.1.2.3", AddressReach.Private)]
    [InlineData("172.31.0.1", AddressReach.Private)]
    [InlineData("172.32.0.1", AddressReach.Public)]
    [InlineData("192.168.1.1", AddressReach.Private)]
    [InlineData("100.64.0.1", AddressReach.Private)]
    [InlineData("fd12::1", AddressReach.Private)]
    [InlineData("64:ff9b::10.0.0.1", AddressReach.Private)]
    [InlineData("2002:0a00:0001::1", AddressReach.Private)]
    [InlineData("::ffff:0:10.0.0.1", AddressReach.Private)]
    [InlineData("2606:4700::5efe:10.0.0.1", AddressReach.Private)]
    [InlineData("2606:4700::200:5efe:127.0.0.1", AddressReach.Loopback)]
    [InlineData("64:ff9b:1::8.8.8.8", AddressReach.Forbidden)]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", AddressReach.Forbidden)]
    [InlineData("169.254.169.254", AddressReach.Forbidden)]
    [InlineData("::ffff:169.254.169.254", AddressReach.Forbidden)]
    [InlineData("64:ff9b::169.254.169.254", AddressReach.Forbidden)]
    [InlineData("64:ff9b:1::a9fe:a9fe", AddressReach.Forbidden)]
    [InlineData("fe80::1", AddressReach.Forbidden)]
    [InlineData("fd00:ec2::254", AddressReach.Forbidden)]
    [InlineData("100.100.100.200", AddressReach.Forbidden)]
    [InlineData("168.63.129.16", AddressReach.Forbidden)]
    [InlineData("0.0.0.0", AddressReach.Forbidden)]
    [InlineData("::", AddressReach.Forbidden)]
    [InlineData("224.0.0.1", AddressReach.Forbidden)]
    [InlineData("255.255.255.255", AddressReach.Forbidden)]
    [InlineData("ff02::1", AddressReach.Forbidden)]
    public void Address_IsSorted(string address, AddressReach reach) => Assert.Equal(reach, AddressReaches.Of(IPAddress.Parse(address)));

    [Fact]
    public void Address_InsideIPv6_IsJudgedAsItself() => Gen.Byte.Array[4].Sample(bytes =>
    {
        var plain = new IPAddress(bytes);
        return AddressReaches.Of(plain.MapToIPv6()) == AddressReaches.Of(plain);
    });

    [Fact]
    public async Task NamedService_OnThisMachine_IsSpokenWithInClear()
    {
        await using var server = new LoopbackServer(_ => LoopbackAnswer.Text(200, "here"));
        using var client = Naming(server.Address);
        var answer = await client.SendAsync(Get(server.Address), TestContext.Current.CancellationToken);
        Assert.Equal((200, "here", "text/plain"), (answer.Status, System.Text.Encoding.UTF8.GetString(answer.Body), answer.ContentType));
    }

    /// <summary>A company's proxy is in its own network: it is reached there, and nothing else is by that.</summary>
    [Fact]
    public async Task Proxy_MayBeAnywhere_AndNothingElseIsByThat()
    {
        await using var proxy = new LoopbackServer(_ => LoopbackAnswer.Text(403, "no"));
        await using var other = new LoopbackServer(_ => LoopbackAnswer.Text(200, "here"));
        using var client = new OutboundClient(new(), proxy: new WebProxy(proxy.Address, BypassOnLocal: false, [@"bypassed\.example"]), resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        Assert.True(client.IsProxied(new("https://registry.example/")));
        Assert.False(client.IsProxied(new("https://bypassed.example/")));
        Assert.False(client.IsProxied(other.Address));
        Assert.Equal(OutboundFailure.Unreachable, await FailureAsync(client, Get(new("https://registry.example/v2/"))));
        Assert.Equal(["CONNECT registry.example:443"], proxy.Requests.Select(r => $"{r.Method} {r.Target}"));
        var port = proxy.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var address in (string[])[$"https://{proxy.Authority}/", $"https://bypassed.example:{port}/", $"https://{other.Authority}/", "https://bypassed.example/"])
            Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(new(address))));
        Assert.Single(proxy.Requests);
        Assert.Empty(other.Requests);
        using var direct = new OutboundClient(OutboundRules.Naming(new Uri("https://named.example/")) with { DirectOnly = true }, proxy: new WebProxy(proxy.Address));
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(direct, Get(new("https://registry.example/v2/"))));
        Assert.Single(proxy.Requests);
        Assert.Equal(OutboundFailure.Unreachable, await FailureAsync(direct, Get(new("https://named.example/"))));
    }

    /// <summary>Where an answer sends to is the answerer's text: nothing in it is a fault of ours.</summary>
    [Theory]
    [InlineData("http://[")]
    [InlineData("//")]
    [InlineData("http://a b/")]
    public async Task Redirect_ToWhatIsNoAddress_IsForeseen(string location)
    {
        await using var server = new LoopbackServer(_ => new(302, null, []) { Headers = [("Location", location)] });
        using var client = Naming(server.Address);
        try
        {
            await client.SendAsync(Get(server.Address) with { Redirects = RedirectRule.SameOrigin }, TestContext.Current.CancellationToken);
        }
        catch (OutboundException)
        {
            // refused, or passed over where the platform reads no address at all
        }
    }

    [Fact]
    public async Task UnnamedService_OnThisMachine_IsForbidden()
    {
        await using var server = new LoopbackServer(_ => LoopbackAnswer.Text(200, "here"));
        using var client = Naming();
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(server.Address)));
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(new($"https://{server.Authority}/"))));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://10.0.0.1/")]
    public async Task Address_ThatMayNotBeReached_IsForbiddenBeforeAnythingIsSent(string address)
    {
        using var client = Naming();
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(new(address))));
    }

    [Fact]
    public async Task Metadata_IsForbidden_AlsoWhereItWasNamed()
    {
        var address = new Uri("http://169.254.169.254/");
        using var client = new OutboundClient(OutboundRules.Naming(address) with { PlainHttp = true });
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(address)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.7")]
    [InlineData("169.254.169.254")]
    public async Task Name_ThatStandsForAnInnerAddress_IsForbidden_AlsoBesideAPublicOne(string inner)
    {
        using var client = new OutboundClient(new(), resolve: (_, _) => Task.FromResult(new[] { IPAddress.Parse("93.184.216.34"), IPAddress.Parse(inner) }));
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(new("https://rebound.example/"))));
    }

    [Fact]
    public async Task Name_IsResolvedOnce_AndWhatWasLookedAtIsConnectedTo()
    {
        await using var server = new LoopbackServer(_ => LoopbackAnswer.Text(200, "pinned"));
        var (asked, address) = (0, new Uri($"http://registry.example:{server.Address.Port}/"));
        using var client = new OutboundClient(OutboundRules.Naming(address) with { PlainHttp = true }, resolve: (_, _) => Task.FromResult(new[] { Interlocked.Increment(ref asked) == 1 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254") }));
        Assert.Equal(200, (await client.SendAsync(Get(address), TestContext.Current.CancellationToken)).Status);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Redirect_IsHandedBack_UnlessItMayBeFollowed()
    {
        await using var server = new LoopbackServer(request => request.Path == "/" ? LoopbackAnswer.Redirect(new("/next", UriKind.Relative)) : LoopbackAnswer.Text(200, "next"));
        using var client = Naming(server.Address);
        Assert.Equal(307, (await client.SendAsync(Get(server.Address), TestContext.Current.CancellationToken)).Status);
        Assert.Equal(200, (await client.SendAsync(Get(server.Address) with { Redirects = RedirectRule.SameOrigin }, TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task Redirect_ToAnotherOrigin_LosesTheCredentials_OrIsForbidden()
    {
        await using var other = new LoopbackServer(_ => LoopbackAnswer.Text(200, "elsewhere"));
        await using var server = new LoopbackServer(_ => LoopbackAnswer.Redirect(other.Address));
        using var client = Naming(server.Address, other.Address);
        var request = Get(server.Address) with { Authorization = "Basic c2VjcmV0" };
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, request with { Redirects = RedirectRule.SameOrigin }));
        Assert.Equal(200, (await client.SendAsync(request with { Redirects = RedirectRule.WithoutCredentials }, TestContext.Current.CancellationToken)).Status);
        Assert.Equal("Basic c2VjcmV0", server.Requests.Last().Headers["authorization"]);
        Assert.DoesNotContain("authorization", other.Requests.Single().Headers.Keys);
    }

    [Fact]
    public async Task Redirect_IntoThisMachine_IsForbidden_WhereItWasNotNamed()
    {
        await using var inner = new LoopbackServer(_ => LoopbackAnswer.Text(200, "secret"));
        await using var server = new LoopbackServer(_ => LoopbackAnswer.Redirect(inner.Address));
        using var client = Naming(server.Address);
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(server.Address) with { Redirects = RedirectRule.WithoutCredentials }));
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task Redirects_HaveAnEnd()
    {
        await using var server = new LoopbackServer(request => LoopbackAnswer.Redirect(new(request.Target + "x", UriKind.Relative)));
        using var client = Naming(server.Address);
        Assert.Equal(OutboundFailure.Forbidden, await FailureAsync(client, Get(server.Address) with { Redirects = RedirectRule.SameOrigin }));
        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public async Task Body_ThatIsTooLarge_EndsTheRequest(long? said)
    {
        await using var server = new LoopbackServer(_ => new(200, null, new byte[2000]) { Length = said });
        using var client = Naming(server.Address);
        Assert.Equal(OutboundFailure.TooLarge, await FailureAsync(client, Get(server.Address)));
    }

    /// <summary>Where only the status counts, what comes with it is cut off.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public async Task Body_ThatIsCut_LeavesTheStatus(long? said)
    {
        await using var server = new LoopbackServer(_ => new(200, null, new byte[2000]) { Length = said });
        using var client = Naming(server.Address);
        var answer = await client.SendAsync(Get(server.Address) with { CutsAnswer = true }, default);
        Assert.Equal((200, 1000), (answer.Status, answer.Body.Length));
    }

    [Fact]
    public async Task Drip_EndsWithTheTimeThatIsAllowed()
    {
        await using var server = new LoopbackServer(_ => new(200, null, new byte[10]) { Length = 500, Hangs = true });
        using var client = Naming(server.Address);
        Assert.Equal(OutboundFailure.TooSlow, await FailureAsync(client, Get(server.Address) with { Within = TimeSpan.FromMilliseconds(300) }));
    }

    [Fact]
    public async Task Nobody_IsUnreachable()
    {
        Uri gone;
        await using (var server = new LoopbackServer(_ => LoopbackAnswer.Text(200, ""))) gone = server.Address;
        using var client = Naming(gone);
        Assert.Equal(OutboundFailure.Unreachable, await FailureAsync(client, Get(gone)));
    }
}
