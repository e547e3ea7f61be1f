using Signalbox.Audit;
using Signalbox.Audit.Helm;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Programs;

namespace Signalbox.Tests.Audit.Programs;

/// <summary>Manifests rendered by programs: a script stands in for them, whose output it prints.</summary>
public sealed class RenderProgramsTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    [Fact]
    public void Documents_StandInTheirTemplates()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/web.yaml", "{{ template \"not.here\" }}\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: {{ template \"not.here\" }}\n");
        var result = Audit("cat <<'END'\n---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: registry.example.com/web:latest\nEND\n");
        var finding = Assert.Single(result.Findings, f => f.Rule.Id == "image-tag-mutable");
        Assert.Equal(("chart/templates/web.yaml", 8), (finding.Locations[0].Path, finding.Locations[0].Line));
        Assert.Equal("registry.example.com/web:latest", Assert.Single(result.Repository.All<PodContainer>()).Document.Image);
    }

    [Fact]
    public void Failure_IsSaidOnce_AndTheOwnRenderingStands()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        foreach (var name in (string[])["a", "b"]) _folder.Write($"chart/templates/{name}.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: {{ .Chart.Name }} }\n");
        var result = Audit("echo 'Error: no such value' >&2\nexit 1\n");
        var said = Assert.Single(result.Findings, f => f.Rule.Id == "unfollowed-template");
        Assert.Contains("no such value", said.Message);
        // whichever thread comes first
        Assert.Equal("chart/templates/a.yaml", said.Locations[0].Path);
        Assert.All(result.Repository.All<KubernetesObject>(), o => Assert.Equal("shop", o.Document.Name));
    }

    /// <summary>Left alone helm renders for the Kubernetes that it was built with, and refuses charts of today.</summary>
    [Fact]
    public void Helm_RendersForTheClusterOfTheOwnRendering()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: k{{ .Capabilities.KubeVersion.Version }} }\n");
        var result = Audit($"echo \"$*\" > {_folder.In("words")}\nexit 1\n");
        Assert.Equal("k" + ChartContext.KubernetesVersion, Assert.Single(result.Repository.All<KubernetesObject>()).Document.Name);
        var words = File.ReadAllText(_folder.In("words"));
        Assert.Contains($" --kube-version {ChartContext.KubernetesVersion} ", words);
        Assert.Contains(" --api-versions apps/v1 ", words);
    }

    [Theory]
    [InlineData("configMapGenerator: [{ name: a, files: ['a=https://example.com/secret'] }]\n")]
    [InlineData("patches: [{ path: https://example.com/patch.yaml }]\n")]
    [InlineData("transformers: ['https://example.com/transform.yaml']\n")]
    [InlineData("resources: [github.com/evil/repo]\n")]
    [InlineData("resources: [web.yaml]\n---\nresources: ['https://example.com/base']\n")]
    public void Kustomization_ThatAsksElsewhere_IsNotBuilt(string kustomization)
    {
        _folder.Write("kustomization.yaml", kustomization);
        _folder.Write("web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n");
        // kustomize asks the address before it looks for the folder
        if (kustomization.Contains("github.com")) _folder.Write("github.com/evil/repo/kustomization.yaml", "resources: []\n");
        Audit($"touch {_folder.In("built")}\nexit 1\n");
        Assert.False(File.Exists(_folder.In("built")));
    }

    [Fact]
    public void ChartWithALink_IsNotHandedToHelm()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n");
        File.CreateSymbolicLink(_folder.In("chart/leak.txt"), "/etc/hostname");
        var result = Audit($"touch {_folder.In("built")}\nexit 1\n");
        Assert.False(File.Exists(_folder.In("built")));
        Assert.Contains("holds a link", Assert.Single(result.Findings, f => f.Rule.Id == "unfollowed-template").Message);
    }

    [Fact]
    public void Program_ThatIsNotThere_IsSaid()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/a.yaml", "a: {{ 1 }}\n");
        var result = new Auditor(new([]), programs: new RenderPrograms(_folder.In("nowhere"), [], TimeSpan.FromSeconds(30))).Run(_folder.Path);
        Assert.Contains("there is no", Assert.Single(result.Findings).Message);
    }

    [Fact]
    public void Program_SeesNoCredentials()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/a.yaml", "a: 1\n");
        Audit($"env > {_folder.In("environment")}\n");
        Assert.All(File.ReadAllLines(_folder.In("environment")), line => Assert.Matches("^(PATH|HOME|PWD|OLDPWD|SHLVL|_)=", line));
    }

    [Fact]
    public void Kustomization_IsJudgedAsItIsBuilt_AtTheSource()
    {
        _folder.Write("base/kustomization.yaml", "resources: [web.yaml]\n");
        _folder.Write("base/web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: registry.example.com/web:2\n");
        _folder.Write("prod/kustomization.yaml", "resources: [../base]\nnamePrefix: prod-\n");
        // what kustomize writes of it, with the path from the overlay's folder to the source
        var result = Audit("grep -q ' *prod' kustomization.yaml || exit 1\n" + "file=$(realpath --relative-to=. '" + _folder.In("base/web.yaml") + "')\n"
            + "printf 'apiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: prod-web\\n  annotations:\\n    config.kubernetes.io/origin: |\\n      path: %s\\nspec:\\n  hostNetwork: true\\n  containers:\\n  - name: web\\n    image: registry.example.com/web:latest\\n' \"$file\"\n");
        var image = Assert.Single(result.Findings, f => f.Rule.Id == "image-tag-mutable");
        Assert.Equal(("base/web.yaml", 7), (image.Locations[0].Path, image.Locations[0].Line));
        Assert.Equal("base/web.yaml", Assert.Single(result.Findings, f => f.Rule.Id == "host-network").Locations[0].Path);
    }

    public void Dispose() => _folder.Dispose();

    private AuditResult Audit(string script)
    {
        using var scripts = new TempDirectory();
        scripts.Write("helm", "#!/bin/sh\n" + script);
        File.SetUnixFileMode(scripts.In("helm"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new Auditor(new(RuleTable.All), programs: new RenderPrograms(scripts.In("helm"), [[scripts.In("helm"), "build"]], TimeSpan.FromSeconds(30))).Run(_folder.Path);
    }
}
