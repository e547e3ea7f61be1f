using System.Text;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>A registry's keys, as the trust root distributes them and as the registry serves them.</summary>
public sealed class RegistryKeysTests
{
    private static readonly LocalKey s_key = LocalKey.P256();

    private static string Base64 => Convert.ToBase64String(s_key.Spki);

    private static RegistryKeys Read(string keys) => RegistryKeys.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{{keys}}]}"""));

    private static string Distributed(string id, string more = "", string usage = "npm:attestations") =>
        $$"""{"keyId":"{{id}}","keyUsage":"{{usage}}","publicKey":{"rawBytes":"{{Base64}}"{{more}}} }""";

    private static string Served(string id, string more = "") => $$"""{"keyid":"{{id}}","key":"{{Base64}}"{{more}}}""";

    [Fact]
    public void Key_IsFoundByItsId()
    {
        var keys = Read(Distributed("a") + "," + Served("b"));
        Assert.Equal(s_key.Spki, keys.Find("a")!.Value.Key.Spki.ToArray());
        Assert.Equal(s_key.Spki, keys.Find("b")!.Value.Key.Spki.ToArray());
        Assert.Null(keys.Find("c"));
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData(",\"validFor\":{}", null, null)]
    [InlineData(",\"validFor\":{\"start\":\"2020-01-01T00:00:00.000Z\"}", "2020-01-01T00:00:00+00:00", null)]
    [InlineData(",\"validFor\":{\"end\":\"2025-01-29T00:00:00+02:00\"}", null, "2025-01-28T22:00:00+00:00")]
    [InlineData(",\"validFor\":{\"start\":\"2020-01-01T00:00:00\",\"end\":\"2025-01-29T00:00:00\"}", "2020-01-01T00:00:00+00:00", "2025-01-29T00:00:00+00:00")]
    public void DistributedKey_IsGoodForItsTime(string validity, string? from, string? to)
    {
        var window = Read(Distributed("a", validity)).Find("a")!.Value.Window;
        Assert.Equal(from is null ? DateTimeOffset.MinValue : DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), window.From);
        Assert.Equal(to is null ? null : DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture), window.To);
    }

    [Fact]
    public void ServedKey_IsGoodUntilItExpires()
    {
        Assert.Equal(DateTimeOffset.MinValue, Read(Served("a")).Find("a")!.Value.Window.From);
        foreach (var more in new[] { "", ",\"expires\":null" }) Assert.Null(Read(Served("a", more)).Find("a")!.Value.Window.To);
        Assert.Equal(new DateTimeOffset(2025, 1, 29, 0, 0, 0, TimeSpan.Zero), Read(Served("a", ",\"expires\":\"2025-01-29T00:00:00.000Z\"")).Find("a")!.Value.Window.To);
    }

    [Fact]
    public void KeyForAnotherUsage_IsNone()
    {
        var keys = Read(Distributed("a", usage: "npm:signatures") + "," + Distributed("b"));
        Assert.Null(keys.Find("a"));
        Assert.NotNull(keys.Find("b"));
    }

    [Theory]
    [InlineData("[]", "expected an object")]
    [InlineData("""{"keys":[{"keyid":"a"}]}""", "key is missing or empty")]
    [InlineData("""{"keys":[{"keyid":"a","key":"AAAA"}]}""", "a public key is malformed")]
    [InlineData("""{"keys":[{"keyId":"a","publicKey":{}}]}""", "publicKey.rawBytes is missing or empty")]
    public void File_ThatIsNone_IsRefused(string json, string saying) =>
        Assert.Contains(saying, Assert.Throws<FormatException>(() => RegistryKeys.Read(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Time_ThatIsNone_IsRefused()
    {
        Assert.Contains("expires is not a time", Assert.Throws<FormatException>(() => Read(Served("a", ",\"expires\":\"soon\""))).Message, StringComparison.Ordinal);
        Assert.Contains("publicKey.validFor.start is not a time", Assert.Throws<FormatException>(() => Read(Distributed("a", ",\"validFor\":{\"start\":\"long ago\"}"))).Message, StringComparison.Ordinal);
        Assert.Contains("publicKey.validFor.end is not a time", Assert.Throws<FormatException>(() => Read(Distributed("a", ",\"validFor\":{\"end\":\"soon\"}"))).Message, StringComparison.Ordinal);
    }
}
