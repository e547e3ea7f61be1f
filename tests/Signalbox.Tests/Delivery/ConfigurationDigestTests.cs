using System.Text;
using System.Text.Json;
using Signalbox.Delivery;

namespace Signalbox.Tests.Delivery;

public sealed class ConfigurationDigestTests
{
    private static EnvironmentConfiguration Read(string more = "") => DeliveryFileReader.Read(Encoding.UTF8.GetBytes(
        "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [node, server.js] }\nport: 8080\n" + more)).Applications![0].Environments[0];

    [Fact]
    public void Of_SameMeaningWrittenOtherwise_IsTheSame() =>
        Assert.Equal(ConfigurationDigest.Of(Read("env: { B: 1, A: 2 }\n")), ConfigurationDigest.Of(Read("env:\n  A: '2'\n  B: \"1\"\ninstances: 1\n")));

    [Fact]
    public void Of_AnyChange_IsAnother() => Assert.NotEqual(ConfigurationDigest.Of(Read()), ConfigurationDigest.Of(Read("instances: 2\n")));

    [Fact]
    public void Of_ThroughJsonAndBack_IsTheSame()
    {
        var environment = Read("env: { B: 1, A: é }\nslo: { latency: { p99: 300ms } }\n");
        var copy = JsonSerializer.Deserialize(JsonSerializer.Serialize(environment, DeliveryJson.Default.EnvironmentConfiguration), DeliveryJson.Default.EnvironmentConfiguration)!;
        Assert.Equal(ConfigurationDigest.Of(environment), ConfigurationDigest.Of(copy));
    }

    [Fact]
    public void Canonical_HasSortedKeysAndNoSpace() =>
        Assert.StartsWith("{\"name\":\"production\",\"services\":[{\"artifactPath\":\".\",\"command\":[\"node\",\"server.js\"],\"data\":\"Shared\"",
            Encoding.UTF8.GetString(ConfigurationDigest.Canonical(Read())));
}
