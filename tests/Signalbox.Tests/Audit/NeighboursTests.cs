using Signalbox.Audit;
using Signalbox.Audit.Kubernetes;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>A name or a selector means what lies nearest.</summary>
public sealed class NeighboursTests
{
    private const string Service = "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web } }\n";

    [Theory]
    [InlineData("a/service.yaml", "a/web.yaml", "b/web.yaml", "a/web.yaml")]
    [InlineData("a/service.yaml", "a/deep/web.yaml", "b/web.yaml", "a/deep/web.yaml")]
    [InlineData("a/x/service.yaml", "a/y/web.yaml", "b/web.yaml", "a/y/web.yaml")]
    [InlineData("a/service.yaml", "ab/web.yaml", "b/web.yaml", "ab/web.yaml b/web.yaml")]
    [InlineData("service.yaml", "a/web.yaml", "b/web.yaml", "a/web.yaml b/web.yaml")]
    public void Selector_MeansTheNearestFolder(string service, string one, string other, string expected) =>
        Assert.Equal(expected, Selected(File(service, Service), Web(one), Web(other)));

    [Fact]
    public void Selector_OfAnOverlay_MeansItsBase_NotTheNeighbours() => Assert.Equal("base/web.yaml", Selected(
        File("prod/kustomization.yaml", "resources: [../base, service.yaml]\n"), File("base/kustomization.yaml", "resources: [web.yaml]\n"),
        File("prod/service.yaml", Service), Web("base/web.yaml"), Web("prod-old/web.yaml"), Web("prod/unused/web.yaml")));

    [Fact]
    public void Selector_OfAChart_MeansThatChart()
    {
        const string chart = "name: a\n";
        Assert.Equal("one/templates/web.yaml", Selected(File("one/Chart.yaml", chart), File("two/Chart.yaml", chart), File("one/templates/service.yaml", Service), Web("one/templates/web.yaml"), Web("two/templates/web.yaml"), Web("one/web.yaml")));
        Assert.Equal("", Selected(File("one/Chart.yaml", chart), File("one/templates/service.yaml", Service), Web("web.yaml")));
    }

    private static SourceFile Web(string path) =>
        File(path, "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web }] } } }\n");

    private static string Selected(params SourceFile[] files)
    {
        var cluster = Cluster.Of(new Auditor(new([])).Run(files).Repository);
        var service = Assert.Single(cluster.OfKind("Service")).Document;
        return string.Join(' ', cluster.SelectedByMap(((Signalbox.Yaml.YamlMapping)service.Spec!).Find("selector")!.Value, service).Select(p => p.File.Path).Order());
    }
}
