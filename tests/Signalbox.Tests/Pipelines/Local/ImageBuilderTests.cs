using Signalbox.Delivery;
using Signalbox.Pipelines.Local;

namespace Signalbox.Tests.Pipelines.Local;

public sealed class ImageBuilderTests
{
    private const string One = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Two = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

    [Fact]
    public void Scripts_QuoteWhatTheyAreGiven()
    {
        var build = new ImageBuild("shop", "my file", true);
        Assert.EndsWith("\n/usr/bin/buildah build --file 'my file' --tag shop --iidfile '/a b/id' .\n/usr/bin/buildah push --digestfile /d shop", ImageBuilder.All[0].Script("/usr/bin/buildah", build, "/a b/id", "/d"));
        Assert.EndsWith("\n/usr/bin/docker push shop\n/usr/bin/docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' shop > /d", ImageBuilder.All[1].Script("/usr/bin/docker", build, "/i", "/d"));
        Assert.DoesNotContain("push", ImageBuilder.All[1].Script("docker", build with { Push = false }, "/i", "/d"));
    }

    [Theory]
    [InlineData("registry.example.com:5000/shop:main", Two, "registry.example.com:5000/shop@" + Two)]
    [InlineData("registry.example.com:5000/shop", "registry.example.com:5000/shop@" + Two + "\n", "registry.example.com:5000/shop@" + Two)]
    [InlineData("shop:1", "else@" + One + "\nshop@" + Two, "shop@" + Two)]
    [InlineData("docker.io/library/shop", "shop@" + Two, "docker.io/library/shop@" + Two)]
    [InlineData("docker.io/acme/shop", "acme/shop@" + Two, "docker.io/acme/shop@" + Two)]
    public void Digests_AreReadAsEachToolTellsThem(string image, string told, string pinned)
    {
        var read = ImageBuilder.Read(Job(image), One[7..] + "\n", told);
        Assert.Equal((One, pinned), (read.Id.Value, read.Pinned));
    }

    [Theory]
    [InlineData("", Two)]
    [InlineData("sha256:12", Two)]
    [InlineData(One, "")]
    [InlineData(One, "other@" + Two)]
    [InlineData(One, "latest")]
    public void WhatIsNoDigest_IsAnError(string id, string told) => Assert.Throws<FormatException>(() => ImageBuilder.Read(Job("shop"), id, told));

    private static PlannedJob Job(string image) =>
        new(0, "package", new PipelineJob { Name = "package", Kind = JobKind.Image, Builds = new(image, "Dockerfile", true) }, new Dictionary<string, string>(), []);
}
