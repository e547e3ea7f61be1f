using Signalbox.Audit;

namespace Signalbox.Tests.Audit;

public sealed class TestDataTests
{
    [Theory]
    [InlineData("chart/tests/__snapshot__/deployment_test.yaml.snap")]
    [InlineData("tests/__snapshot__/store.yaml")]
    [InlineData("web/__snapshots__/a.yml")]
    [InlineData("tests/Shop.Hosting.Tests/Snapshots/K8s/deployment.yaml")]
    [InlineData("test/snapshots/one/service.yaml")]
    [InlineData("src/Output.Renders.verified.yaml")]
    [InlineData("src/Output.Renders.received.yml")]
    [InlineData("pkg/testdata/pod.yaml")]
    [InlineData("tests/fixtures/shop/.github/workflows/ci.yml")]
    public void Holds_WhatTestsCompare(string path)
    {
        Assert.True(TestData.Holds(new(), path));
        Assert.True(TestData.IsAlone(new(), path));
    }

    [Theory]
    [InlineData("backup/snapshots/schedule.yaml")]
    [InlineData("k8s/verified.yaml")]
    [InlineData("latest/snapshots/a.yaml")]
    [InlineData("deploy/contest/snapshots.yaml")]
    [InlineData(".github/workflows/release.verified.yml")]
    public void Holds_NothingThatIsDeployed(string path)
    {
        Assert.False(TestData.Holds(new(), path));
        Assert.False(TestData.IsAlone(new(), path));
    }

    [Theory]
    [InlineData("docs/snippets/store.yaml", true)]
    [InlineData("website/docs/guides/_snippets/store.yaml", true)]
    [InlineData("docs/examples/store.yaml", false)]
    [InlineData("snippets/store.yaml", false)]
    public void IsAlone_ForSnippetsOfDocumentation(string path, bool alone)
    {
        Assert.Equal(alone, TestData.IsAlone(new(), path));
        Assert.False(TestData.Holds(new(), path));
    }
}
