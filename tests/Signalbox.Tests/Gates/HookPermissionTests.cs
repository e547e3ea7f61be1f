using Signalbox.Delivery.Policies;
using Signalbox.Gates.BuiltIn;

namespace Signalbox.Tests.Gates;

/// <summary>A hook that is due asks each demand by itself.</summary>
public sealed class HookPermissionTests
{
    private static readonly Dictionary<string, string> s_nothing = [];

    [Fact]
    public void SecondLayer_ForbidsWhatTheFirstAllows()
    {
        var layers = new[] { Layer("policy of production", "{ allow: ['./up'] }"), Layer("policy of shop/production", "{ allow: ['./down'] }") };
        Assert.Equal("policy of shop/production", HookPermission.Forbids(layers, [], GateChanges.Hook("./up"), s_nothing));
        Assert.Equal("policy of production", HookPermission.Forbids(layers, [], GateChanges.Hook("./down"), s_nothing));
    }

    [Fact]
    public void OwnFile_ForbidsByItsCommandsAlone_WhereTheyAreEnforced()
    {
        Assert.Null(Own("{ sbom: enforce }", "./up"));
        Assert.Null(Own("{ commands: { mode: warn, allow: ['./down'] } }", "./up"));
        Assert.Null(Own("{ commands: { allow: ['./down', './up'] }, sbom: enforce }", "./up"));
        Assert.Equal("signalbox.yaml", Own("{ sbom: enforce, commands: { allow: ['./down'] } }", "./up"));
    }

    [Fact]
    public void OwnFile_ForbidsWhatIsMisled() =>
        Assert.Equal("signalbox.yaml", HookPermission.Forbids([Layer("policy of production", "off")], GateFixture.Gates("{ commands: { allow: ['./up'] } }").Gates, GateChanges.Hook("./up"), new Dictionary<string, string> { ["PATH"] = "." }));

    /// <summary>What no shell could read is one word, as it stands.</summary>
    [Theory]
    [InlineData("it's", "it's", true)]
    [InlineData("./up $HOME", "./up $HOME", true)]
    [InlineData("./up $HOME", "./up", false)]
    [InlineData("./up", "./up", true)]
    [InlineData("./up", "./UP", false)]
    public void Allowed_ThatCannotBeSplit_IsOneWord(string allowed, string word, bool counts)
    {
        var rule = new GateRule(GateTable.Commands, GateMode.Enforce, new Dictionary<string, IReadOnlyList<string>> { ["allow"] = [allowed] });
        Assert.Equal(counts ? null : "signalbox.yaml", HookPermission.Forbids([], [rule], GateChanges.Hook(word), s_nothing));
    }

    private static string? Own(string gates, string command) => HookPermission.Forbids([Layer("policy of production", "off")], GateFixture.Gates(gates).Gates, GateChanges.Hook(command), s_nothing);

    private static Signalbox.Gates.PolicyLayer Layer(string name, string commands) => new(name, null, GateFixture.Gates($"{{ commands: {commands} }}"));
}
