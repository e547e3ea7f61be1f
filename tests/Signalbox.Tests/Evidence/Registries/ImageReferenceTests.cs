using CsCheck;
using Signalbox.Evidence.Registries;

namespace Signalbox.Tests.Evidence.Registries;

public sealed class ImageReferenceTests
{
    private const string Hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Theory]
    [InlineData("alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("acme/app", "docker.io", "acme/app", "latest", null)]
    [InlineData("docker.io/alpine:3", "docker.io", "library/alpine", "3", null)]
    [InlineData("registry.example.com/team/app:1.4", "registry.example.com", "team/app", "1.4", null)]
    [InlineData("localhost:5000/app", "localhost:5000", "app", "latest", null)]
    [InlineData("localhost/app", "localhost", "app", "latest", null)]
    [InlineData("127.0.0.1:5000/a/b-c__d.e@sha256:" + Hex, "127.0.0.1:5000", "a/b-c__d.e", null, Hex)]
    [InlineData("r.example/app:1@sha256:" + Hex, "r.example", "app", "1", Hex)]
    [InlineData("R.Example:443/app", "r.example", "app", "latest", null)]
    [InlineData("docker.io:443/alpine", "docker.io", "library/alpine", "latest", null)]
    [InlineData("registry:443/app", "registry:443", "app", "latest", null)]
    [InlineData("localhost:443/app", "localhost:443", "app", "latest", null)]
    public void Name_IsTakenApart(string text, string registry, string repository, string? tag, string? hex)
    {
        Assert.True(ImageReference.TryParse(text, out var image));
        Assert.Equal((registry, repository, tag, hex), (image!.Registry, image.Repository, image.Tag, image.Digest?.Hex));
    }

    [Theory]
    [InlineData("")]
    [InlineData("r.example/App")]
    [InlineData("r.example/app:")]
    [InlineData("r.example/app:-x")]
    [InlineData("r.example/../app")]
    [InlineData("r.example//app")]
    [InlineData("r.example/app@sha256:ABC")]
    [InlineData("r.example/app@sha512:" + Hex)]
    [InlineData("r.example/app@sha256:" + Hex + "@sha256:" + Hex)]
    [InlineData("https://r.example/app")]
    [InlineData("user:pw@r.example/app")]
    [InlineData("r.example:99999999/app")]
    [InlineData("r.example/app?x=1")]
    [InlineData("r.example#/app")]
    [InlineData("r.example/a b")]
    [InlineData("r.example/app\n")]
    public void Name_ThatIsNone_IsRefused(string text) => Assert.False(ImageReference.TryParse(text, out _));

    [Fact]
    public void Address_IsHttps_ExceptOnThisMachineOrWhereToldSo()
    {
        Assert.Equal("https://registry-1.docker.io/", Parse("alpine").Address(false).ToString());
        Assert.Equal("http://localhost:5000/", Parse("localhost:5000/app").Address(false).ToString());
        Assert.Equal("https://r.example/", Parse("r.example/app").Address(false).ToString());
        Assert.Equal("http://r.example/", Parse("r.example/app").Address(true).ToString());
    }

    /// <summary>Whatever the text: no crash, and what is taken is written and read as the same.</summary>
    [Fact]
    public void AnyText_IsTakenWholeOrRefused() => Gen.String[Gen.Char["abZ09._-/:@[]\n %"], 0, 60].Sample(text =>
        !ImageReference.TryParse(text, out var image) || (ImageReference.TryParse(image!.ToString(), out var again) && again == image && image.Address(false).Host.Length > 0));

    private static ImageReference Parse(string text) => ImageReference.TryParse(text, out var image) ? image! : throw new FormatException(text);
}
