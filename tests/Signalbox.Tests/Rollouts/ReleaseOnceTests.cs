using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts;

public sealed class ReleaseOnceTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static CreateRelease Wanted(string? once, int artifact = 1, EnvironmentConfiguration? environment = null, SourceRevision? source = null)
    {
        environment ??= Plans.Environment();
        return new("shop", source, Plans.Artifacts(artifact, environment), [environment], null, once);
    }

    private MadeRelease Make(CreateRelease wanted, Principal? principal = null) => _world.Engine.MakeReleaseAsync(wanted, principal ?? World.Alice, default).GetAwaiter().GetResult();

    private int Recorded => _world.Ledger.Read(0, 1000).Count(entry => entry.Type == RolloutEvents.ReleaseCreated);

    [Fact]
    public void TheSameKey_GetsTheReleaseThatWasMade_AlsoAfterARestart()
    {
        var first = Make(Wanted("4711"));
        Assert.False(first.Existed);
        var again = Make(Wanted("4711"));
        Assert.Equal((first.Release.Id, true, null), (again.Release.Id, again.Existed, again.Refusal));
        _world.RestartEngine();
        again = Make(Wanted("4711"));
        Assert.Equal((first.Release.Id, true, null), (again.Release.Id, again.Existed, again.Refusal));
        Assert.Equal("4711", again.Release.Once);
        Assert.Equal(1, Recorded);
    }

    [Fact]
    public void AKey_IsOfItsPrincipalAndItsApplication()
    {
        Make(Wanted("4711"));
        Assert.False(Make(Wanted("4711"), new("bob")).Existed);
        Assert.False(Make(Wanted("4711") with { Application = "till" }).Existed);
        Assert.False(Make(Wanted("4712")).Existed);
        Assert.Equal(4, Recorded);
    }

    [Fact]
    public void WithoutAKey_EachIsAnother()
    {
        Assert.Equal(["shop-1", "shop-2"], [Make(Wanted(null)).Release.Id, Make(Wanted(null)).Release.Id]);
        // and its entry is as it was before there were keys
        Assert.DoesNotContain("once", System.Text.Encoding.UTF8.GetString(_world.Ledger.Read(0, 1000)[^1].Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameKey_ForSomethingElse_IsRefused_AndRecordsNothing()
    {
        var commit = new SourceRevision(new('a', 40), false);
        Make(Wanted("4711", source: commit));
        (CreateRelease Wanted, string Message)[] others =
        [
            (Wanted("4711", 2, source: commit), "another artifact of web"),
            (Wanted("4711", source: commit with { Commit = new('b', 40) }), $"another commit ({new string('a', 40)}, and now {new string('b', 40)})"),
            (Wanted("4711"), $"another commit ({new string('a', 40)}, and now none)"),
            (Wanted("4711", source: commit with { Dirty = true }), "no uncommitted changes"),
            (Wanted("4711", environment: Plans.Environment(Plans.Rolling), source: commit), "another configuration"),
        ];
        foreach (var (wanted, message) in others)
        {
            var refused = Make(wanted).Refusal!;
            Assert.Equal("release-key-taken", refused.Id);
            Assert.Contains($"shop-1 was made under the key '4711' with {message};", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, Recorded);
        // who tells of the commit, and whom refusals go to, is no content
        Assert.Null(Make(Wanted("4711", source: commit with { Subject = "two" }) with { Owners = new Dictionary<string, string> { ["devops"] = "@acme" } }).Refusal);
    }

    [Fact]
    public async Task ManyAtOnce_MakeOne()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _world.Engine.MakeReleaseAsync(Wanted("4711"), World.Alice, default))));
        Assert.Single(made, one => !one.Existed);
        Assert.Single(made.Select(one => one.Release.Id).Distinct());
        Assert.Equal(1, Recorded);
    }

    /// <summary>The disk failed after the commit, and nobody could say so: who asks again gets what was written.</summary>
    [Fact]
    public void AReleaseOfUnknownFate_IsNotMadeTwice()
    {
        (_world.Ledger.FailsAfterCommit, _world.Ledger.CannotBeRead) = (true, true);
        Assert.Throws<IOException>(() => Make(Wanted("4711")));
        (_world.Ledger.FailsAfterCommit, _world.Ledger.CannotBeRead) = (false, false);
        Assert.True(Make(Wanted("4711")).Existed);
        Assert.Equal(1, Recorded);
    }

    private CommandResult First(string release) => _world.Engine.SubmitAsync(World.Track, release, World.Alice, null, default, first: true).GetAwaiter().GetResult();

    [Fact]
    public void WhatBeganBefore_DoesNotBeginAnew_WhereItIsToBeTheFirstTime_AlsoAfterARestart()
    {
        _world.Serving();
        var release = _world.Release();
        Assert.True(First(release).Accepted);
        Assert.Equal("rollout-already-active", First(release).Refusal!.Id);
        _world.Command(new Signal.Abort(World.Alice, "no"));
        Assert.Equal("rollout-begun-before", First(release).Refusal!.Id);
        _world.Until(world => world.State.Active is null);
        _world.RestartEngine();
        var refused = First(release).Refusal!;
        Assert.Equal("rollout-begun-before", refused.Id);
        Assert.Equal("shop-2 went out to shop/production before, as shop-production-2; expected its first time there", refused.Message);
        // whoever says so takes it out once more
        _world.Submit(release);
        Assert.True(_world.Result!.Accepted);
    }

    [Fact]
    public async Task TwoAtOnce_BeginOne()
    {
        _world.Serving();
        var release = _world.Release();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _world.Engine.SubmitAsync(World.Track, release, World.Alice, null, default, first: true))));
        Assert.Single(results, result => result.Accepted);
    }

    [Fact]
    public void WhatBecameOfARelease_IsKnown_HoweverManyHaveEndedSince()
    {
        _world.Serving().Run(1);
        var ends = new ReleaseEnds();
        var ended = _world.Engine.Ended.Single();
        ends.Keep(ended);
        for (var i = 2; i < 3000; i++) ends.Keep(ended with { Id = $"r-{i}", Release = $"shop-{i}", From = $"shop-{i - 1}" });
        Assert.Equal(ended, Assert.Single(ends.Of("shop-1")));
        ends.Keep(ended with { Id = "back", Release = "shop-2", From = "shop-1", Kind = "Rollback", Phase = "Failed" });
        ends.Keep(ended with { Id = "left", Release = "shop-2", From = "shop-1", Kind = "Rollback" });
        Assert.Equal([ended.Id, "left"], ends.Of("shop-1").Select(one => one.Id));
        Assert.Equal("left", ends.Out(World.Track, "shop-2")!.Id);
        Assert.Null(ends.Out(new("shop", "staging"), "shop-2"));
        Assert.Empty(ends.Of("shop-0"));
        _world.RestartEngine();
        Assert.Equal("shop-1", Assert.Single(_world.Engine.EndedOf("shop-1")).Release);
    }

    [Theory]
    [InlineData("4711", true)]
    [InlineData("jenkins-My Shop-feature%2Fcards-12", true)]
    [InlineData("jenkins-Läden-12", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u001b[2J", false)]
    [InlineData("a\u202eb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\ufffdb", false)]
    [InlineData(null, false)]
    public void AKey_IsSeenWhole(string? text, bool key) => Assert.Equal(key, ReleaseKey.IsKey(text));

    [Fact]
    public void AKey_HasAnEnd() => Assert.Equal((true, false), (ReleaseKey.IsKey(new('a', ReleaseKey.Longest)), ReleaseKey.IsKey(new('a', ReleaseKey.Longest + 1))));
}
