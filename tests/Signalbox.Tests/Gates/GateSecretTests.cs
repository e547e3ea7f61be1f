using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>What tells a path and a plain setting from a secret, to the character.</summary>
public sealed class GateSecretTests
{
    [Theory]
    // of ten characters, and its case goes up three times
    [InlineData("/aBcdeFghiJ", true)]
    [InlineData("/aBcdeFghij", false)]
    [InlineData("/aBcDeFgHi", false)]
    [InlineData("/a1b2c3d4e5", true)]
    [InlineData("/a-b-c-d-e-f", false)]
    [InlineData("/ABCDEFGHIJKL", false)]
    [InlineData("/run/secrets/db-password", false)]
    // any one of its parts is enough
    [InlineData("/run/aBcdeFghiJ", true)]
    [InlineData("/aBcdeFghiJ/run", true)]
    [InlineData("run/secrets/db", true)]
    [InlineData("/run/secrets db", true)]
    public void Path_IsOne_UnlessAPartOfItReadsLikeAKey(string value, bool denied) => Decided("DB_PASSWORD", value, denied);

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", false)]
    [InlineData("none", false)]
    [InlineData("disabled", false)]
    [InlineData("enabled", false)]
    [InlineData("12345", false)]
    [InlineData("12a45", true)]
    [InlineData("yes", true)]
    [InlineData("op://vault/item/password", false)]
    [InlineData("ref+awsssm://shop/password", false)]
    public void Value_OfASecretsName_IsHarmlessWhereItIsASwitchANumberOrAReference(string value, bool denied) => Decided("DB_PASSWORD", value, denied);

    [Theory]
    [InlineData("DB_PASSWORD_HASH", true)]
    [InlineData("APIKEY", true)]
    [InlineData("SENTRY_DSN", true)]
    [InlineData("password", true)]
    [InlineData("PASSWORD_POLICY", false)]
    [InlineData("KEYBOARD", false)]
    public void Name_OfASecret_IsReadInItsParts(string name, bool denied) => Decided(name, "hunter2", denied);

    private static void Decided(string name, string value, bool denied)
    {
        var release = new GateFixture("apiVersion: signalbox-policy/v1\ngates: { secrets: enforce }\n");
        release.Service(service => service with { Environment = new Dictionary<string, string> { [name] = value } });
        Assert.Equal(denied ? GateVerdict.Deny : GateVerdict.Allow, release.Decide().Verdict);
    }
}
