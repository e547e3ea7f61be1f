using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Gates.BuiltIn;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>What an environment asks of the one before it.</summary>
public sealed class PromotionGateTests
{
    private static readonly ReleasePath s_nowhere = new(["dev", "staging", "production"], []);

    private readonly GateFixture _fixture = new("apiVersion: signalbox-policy/v1\n");

    [Theory]
    [InlineData(Standing.Succeeded, null)]
    [InlineData(Standing.GoingOut, "gate-still-going-out")]
    [InlineData(Standing.TakenBack, "gate-not-succeeded")]
    [InlineData(Standing.Failed, "gate-not-succeeded")]
    [InlineData(Standing.Withdrawn, "gate-not-succeeded")]
    public void OnlySuccess_LetsItIn(Standing standing, string? refusal) =>
        Assert.Equal(refusal is null ? [] : [refusal], Decide(In("staging", standing)).Against());

    [Fact]
    public void WhatItSucceededInElsewhere_DoesNotCount() => Assert.Equal(["gate-not-promoted"], Decide(In("dev", Standing.Succeeded)).Against());

    [Fact]
    public void FirstEnvironment_AsksNothing() => Assert.Empty(Decide(new(["production", "later"], [])).Against());

    [Fact]
    public void PolicyNamesMore_ThanTheReleasesOwnFile()
    {
        _fixture.Policy = GateFixture.Gates("{ promotion: { from: [dev, security] } }");
        var report = Decide(In("staging", Standing.Succeeded));
        Assert.Equal(["gate-not-promoted", "gate-not-in-path"], report.Against());
        Assert.Contains("shop-2 has no environment security", report.Of(GateTable.Promotion).Lines[1].Text);
    }

    [Fact]
    public void AFileThatLeavesStagingOut_GetsNowhere()
    {
        _fixture.Policy = GateFixture.Gates("{ promotion: { from: staging } }");
        Assert.Equal(["gate-not-in-path"], Decide(new(["production"], [])).Against());
    }

    [Fact]
    public void Override_LetsThisReleaseThroughForItsTime()
    {
        Override("alice", GateFixture.Now.AddHours(1));
        var line = Assert.Single(Decide(s_nowhere).Of(GateTable.Promotion).Lines);
        Assert.Equal("shop-2 has not gone into staging yet, which comes before production; alice lets it through until 2026-11-26 13:00 UTC: the outage", line.Text);
        _fixture.At = GateFixture.Now.AddHours(2);
        Assert.Equal(["gate-not-promoted"], Decide(s_nowhere).Against());
    }

    [Fact]
    public void Override_OfAnotherGateOrContent_DoesNot()
    {
        Override("alice", GateFixture.Now.AddHours(1), gate: GateTable.Freeze);
        Override("alice", GateFixture.Now.AddHours(1), content: GateFixture.Other);
        Assert.Equal(["gate-not-promoted"], Decide(s_nowhere).Against());
    }

    [Fact]
    public void DecisionsFromBeforeThereWasAPath_AreMadeAgainAsTheyWere() =>
        Assert.DoesNotContain(GateDecision.Decide(_fixture.Inputs() with { Path = null }).Results, result => result.Gate == GateTable.Promotion);

    [Fact]
    public void Off_AsksNothing()
    {
        _fixture.Policy = GateFixture.Gates("{ promotion: off }");
        Assert.Empty(Decide(s_nowhere).Against());
    }

    [Fact]
    public void Inputs_AreKeptWithThePath()
    {
        var inputs = _fixture.Inputs() with { Path = In("staging", Standing.TakenBack) };
        var kept = GateEvents.Read(GateEvents.Canonical(inputs));
        Assert.True(kept!.Path!.IsSame(inputs.Path));
    }

    [Fact]
    public void Hooks_AllOfThem_NeedToBeNamed()
    {
        _fixture.Policy = GateFixture.Gates("{ commands: { allow: ['./migrate.sh up'] } }");
        var hook = new Hook(["./migrate.sh", "up"], TimeSpan.FromSeconds(10), true);
        var check = new Hook(["./smoke.sh"], TimeSpan.FromSeconds(10), true);
        _fixture.Configuration = Plans.Environment(Plans.BlueGreen with { BlueGreen = Plans.BlueGreen.BlueGreen! with { Check = check } }, hook, hook);
        var report = _fixture.Decide();
        Assert.Equal(["gate-command-not-allowed"], report.Against());
        Assert.Contains("the check hook runs ./smoke.sh", report.Of(GateTable.Commands).Lines[0].Text);
    }

    [Fact]
    public void HookThatIsDue_IsAskedOnceMore()
    {
        var hook = new Hook(["./migrate.sh", "up"], TimeSpan.FromSeconds(10), true);
        var nothing = new Dictionary<string, string>();
        PolicyLayer Layer(string commands) => new("policy of production", null, GateFixture.Gates($"{{ commands: {commands} }}"));
        Assert.Null(HookPermission.Forbids([Layer("off")], [], hook, nothing));
        Assert.Null(HookPermission.Forbids([Layer("{ mode: warn, allow: ['./other'] }")], [], hook, nothing));
        Assert.Null(HookPermission.Forbids([Layer("{ allow: ['./migrate.sh up'] }")], [], hook, nothing));
        Assert.Equal("policy of production", HookPermission.Forbids([Layer("{ allow: ['./migrate.sh'] }")], [], hook, nothing));
        Assert.Equal("policy of production", HookPermission.Forbids([new("policy of production", null, null)], [], hook, nothing));
        Assert.Equal("signalbox.yaml", HookPermission.Forbids([Layer("off")], GateFixture.Gates("{ commands: enforce }").Gates, hook, nothing));
        Assert.Equal("policy of production", HookPermission.Forbids([Layer("{ allow: ['./migrate.sh up'] }")], [], hook, new Dictionary<string, string> { ["LD_PRELOAD"] = "./x.so" }));
        Assert.Null(HookPermission.Forbids([Layer("off")], [], hook, new Dictionary<string, string> { ["PATH"] = "." }));
    }

    /// <summary>The words are the same, and another program has its turn.</summary>
    [Theory]
    [InlineData("PATH", false)]
    [InlineData("LD_PRELOAD", false)]
    [InlineData("LD_LIBRARY_PATH", false)]
    [InlineData("BASH_ENV", false)]
    [InlineData("PATHS", true)]
    [InlineData("NODE_ENV", true)]
    public void Commands_WhoseEnvironmentSaysWhatTheyStart_AreDenied(string variable, bool allowed)
    {
        _fixture.Policy = GateFixture.Gates("{ commands: { allow: ['psql -f up.sql'] } }");
        var hook = new Hook(["psql", "-f", "up.sql"], TimeSpan.FromSeconds(10), true);
        _fixture.Configuration = Plans.Environment(Plans.Canary, hook);
        Assert.Empty(_fixture.Decide().Against());
        _fixture.Configuration = _fixture.Configuration with { Services = [.. _fixture.Configuration.Services.Select(service => service with { Environment = new Dictionary<string, string> { [variable] = "." } })] };
        Assert.Equal(allowed ? [] : ["gate-command-misled"], _fixture.Decide().Against());
    }

    /// <summary>What the line says to paste allows exactly what was refused.</summary>
    [Theory]
    [InlineData("./migrate.sh", "up")]
    [InlineData("sh", "-c", "echo 'a: \"b\"'")]
    [InlineData("./a b.sh", "", "#x")]
    public void Commands_RemedyAllowsTheVeryWords(params string[] command)
    {
        _fixture.Policy = GateFixture.Gates("{ commands: enforce }");
        _fixture.Configuration = Plans.Environment(Plans.Canary, new Hook(command, TimeSpan.FromSeconds(10), true));
        var help = _fixture.Decide().Of(GateTable.Commands).Lines[0].Help!;
        _fixture.Policy = GateFixture.Gates($"{{ {help.Split("   # ")[0]} }}");
        Assert.Empty(_fixture.Decide().Against());
    }

    private GateReport Decide(ReleasePath path) => GateDecision.Decide(_fixture.Inputs() with { Path = path });

    private static ReleasePath In(string environment, Standing standing) => s_nowhere with { Standings = [new(environment, standing, GateFixture.Now.AddHours(-2), $"shop-{environment}-1")] };

    private void Override(string by, DateTimeOffset until, string gate = GateTable.Promotion, Digest? content = null) => _fixture.Add(
        EvidenceKind.Override, new OverrideFact(gate, "shop", "production", content ?? _fixture.Content, ConfigurationDigest.Of(_fixture.Configuration), "the outage", until), _fixture.Content, by);
}
