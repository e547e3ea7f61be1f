using System.Diagnostics;
using Signalbox.Audit;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Yaml;
using SourceFile = Signalbox.Audit.SourceFile;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>The manifests that are designed: accepted as text, held against the published definitions, and audited beside the repository they are for.</summary>
public sealed class DeliveryDesignTests
{
    /// <summary>Every case with every controller and every way to take steps.</summary>
    public static TheoryData<string, string, string> Combinations
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var name in Cases.Of("design").Where(n => n is not ("chart-elsewhere" or "dotnet" or "dotnet-mtp" or "java" or "java-gradle" or "node" or "node-bun" or "own-runner" or "python-groups")))
                foreach (var deploy in (string[])["argo-cd", "flux"])
                    foreach (var rollout in (string[])["argo-rollouts", "flagger", "off"]) rows.Add(name, deploy, rollout);
            return rows;
        }
    }

    public static TheoryData<string> Steered => [.. Cases.Of("design").Where(n => DesignRig.Design(n, Platform.GitHubActions).Delivery.Count > 0)];

    [Theory]
    [MemberData(nameof(Steered))]
    public void Delivery_IsAsAccepted(string name) =>
        Cases.Verify(Cases.PathOf("design", name, "expected.delivery.txt"), string.Concat(DesignRig.Design(name, Platform.GitHubActions).Delivery.Select(f => $"==== {f.Path}\n{f.Text}")));

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Delivery_HoldsToTheDefinitions(string name, string deploy, string rollout)
    {
        Assert.SkipUnless(CrdSchemas.AreThere, "the definitions are not beside the repository");
        var problems = Objects(Design(name, deploy, rollout)).Where(o => CrdSchemas.Know(o.Root)).SelectMany(o => CrdSchemas.Problems(o.Root).Select(p => $"{o.Path} {o.Root.Text("kind")}: {p}"));
        Assert.Empty(problems);
    }

    /// <summary>Everything that is not of Kubernetes itself has a definition here.</summary>
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Delivery_HasNoKindThatIsNotChecked(string name, string deploy, string rollout)
    {
        Assert.SkipUnless(CrdSchemas.AreThere, "the definitions are not beside the repository");
        string[] own = ["v1", "apps/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1", "kustomize.config.k8s.io/v1beta1"];
        Assert.All(Objects(Design(name, deploy, rollout)), o => Assert.True(own.Contains(o.Root.Text("apiVersion")) || CrdSchemas.Know(o.Root), $"{o.Path}: {o.Root.Text("apiVersion")} {o.Root.Text("kind")}"));
    }

    [Theory]
    [InlineData("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec: { project: a }\n")]
    [InlineData("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: a }\nspec: { replica: 3 }\n")]
    [InlineData("apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: { name: a }\nspec: { service: { port: http } }\n")]
    [InlineData("apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: a }\nspec: { secretStoreRef: { kind: Store, name: a } }\n")]
    public void Definitions_RefuseWhatIsWrong(string text)
    {
        Assert.SkipUnless(CrdSchemas.AreThere, "the definitions are not beside the repository");
        Assert.NotEmpty(CrdSchemas.Problems((YamlMapping)YamlReader.ReadAll(new(text)).Documents[0]!));
    }

    /// <summary>
    /// What only the cluster's owners can say, and is shown to auditors or pedants alone: which PriorityClasses there are, whether there is the ClusterSecretStore that
    /// was chosen, and what else liveness could ask where nothing answers with its health.
    /// </summary>
    private static readonly string[] s_others = ["priority-class-missing", "external-secret-store-missing", "identical-probes"];

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Delivery_HasNoFinding_EvenForAnAuditor(string name, string deploy, string rollout)
    {
        var design = Design(name, deploy, rollout);
        var written = design.Delivery.Where(f => f.Path.EndsWith(".yaml", StringComparison.Ordinal)).ToDictionary(f => f.Path, f => f.Text);
        SourceFile[] files = [.. Repository(name).Where(f => !written.ContainsKey(f.Path)), .. written.Select(f => new SourceFile(f.Key, new(f.Value)))];
        var findings = new Auditor(new(RuleTable.All)).Run(files).Findings.Where(f => written.ContainsKey(f.Locations[0].Path)).ToList();
        Assert.All(findings.Where(f => s_others.Contains(f.Rule.Id)), f => Assert.NotEqual(Persona.Regular, f.Persona));
        findings.RemoveAll(f => s_others.Contains(f.Rule.Id) && (f.Rule.Id != "identical-probes" || design.Decisions["health"] == "tcp"));
        Assert.Empty(findings.Select(f => $"{f.Rule.Id}: {f.Message} at {f.Locations[0].Path}:{f.Locations[0].Line}"));
    }

    /// <summary>Whatever a kustomization or an Application reads is there.</summary>
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Delivery_ReadsOnlyWhatIsThere(string name, string deploy, string rollout)
    {
        var design = Design(name, deploy, rollout);
        var paths = design.Delivery.Select(f => f.Path).Concat(Repository(name).Select(f => f.Path)).ToHashSet();
        bool IsThere(string path) => paths.Contains(path) || paths.Contains(path + "/kustomization.yaml") || paths.Contains(path + "/Chart.yaml");
        foreach (var (path, root) in Objects(design))
        {
            foreach (var resource in root.Get("resources").Items().Select(r => r.Text()!))
                Assert.True(IsThere(Path.GetRelativePath("/r", Path.GetFullPath(Path.Combine("/r", Path.GetDirectoryName(path)!, resource)))), $"{path}: {resource}");
            var spec = root.Get("spec");
            foreach (var source in spec.Get("sources").Items().Append(spec.Get("source")).Append(root.Text("kind") == "Kustomization" ? spec : null).Select(s => s.Text("path")).OfType<string>())
                Assert.True(IsThere(source.TrimStart('.', '/')), $"{path}: {source}");
        }
    }

    /// <summary>Kustomize itself builds each environment: the digest reaches every pod, and people's Deployment has the probes that it lacked.</summary>
    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Delivery_IsBuiltByKustomize(string name, string deploy, string rollout)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl"), "kubectl is not installed");
        using var folder = new TempDirectory();
        foreach (var file in Repository(name)) folder.Write(file.Path, file.Text.Content);
        var design = Design(name, deploy, rollout);
        foreach (var file in design.Delivery) folder.Write(file.Path, file.Text);
        foreach (var environment in design.Decisions["environments"].Split(','))
        {
            using var kustomize = Process.Start(new ProcessStartInfo("/usr/bin/kubectl", ["kustomize", folder.In($"delivery/{environment}")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var said = kustomize.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await kustomize.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await kustomize.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(kustomize.ExitCode == 0, error);
            var built = YamlReader.ReadAll(new(await said)).Documents.OfType<YamlMapping>().ToList();
            Assert.All(built.Where(o => o.Text("kind") != "Namespace"), o => Assert.EndsWith($"-{environment}", o.Get("metadata").Text("namespace")));
            foreach (var container in built.SelectMany(o => o.Get("spec", "template", "spec").Get("containers").Items()))
                Assert.True(container.Get("readinessProbe") is YamlMapping && container.Get("livenessProbe") is YamlMapping, await said);
            if (rollout == "flagger") Assert.DoesNotContain(built, o => o.Text("kind") == "Service");
        }
    }

    [Fact]
    public void Own_WhatDesignWroteSaysNothingInTheNextSurvey()
    {
        using var folder = new TempDirectory();
        foreach (var file in Repository("python")) folder.Write(file.Path, file.Text.Content);
        var first = Survey(folder);
        var design = PipelineDesign.Of(first, Platform.GitHubActions, new Dictionary<string, string>());
        foreach (var file in design.Delivery)
        {
            folder.Write(file.Path, file.Text);
            folder.Write($"{DesignedFile.Folder}/{file.Path}.base", file.Text);
        }
        Assert.Equal(design.Delivery, PipelineDesign.Of(Survey(folder), Platform.GitHubActions, new Dictionary<string, string>()).Delivery);

        static RepositorySurvey Survey(TempDirectory folder) => RepositorySurveyor.Read(folder.Path, RemoteRepository.Parse("git@github.com:acme/shop.git"), "main").Survey;
    }

    private static PipelineDesign Design(string name, string deploy, string rollout) => DesignRig.Design(name, Platform.GitHubActions, ("deploy", deploy), ("rollout", rollout));

    private static IEnumerable<(string Path, YamlMapping Root)> Objects(PipelineDesign design)
    {
        foreach (var file in design.Delivery.Where(f => f.Path.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            var read = YamlReader.ReadAll(new(file.Text));
            Assert.Empty(read.Problems);
            foreach (var document in read.Documents) yield return (file.Path, Assert.IsType<YamlMapping>(document));
        }
    }

    private static IEnumerable<SourceFile> Repository(string name)
    {
        var root = Cases.PathOf("design", name, "repo");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => new SourceFile(Path.GetRelativePath(root, f), new(File.ReadAllText(f))));
    }
}
