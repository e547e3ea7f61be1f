using System.Diagnostics;
using System.Text.Json;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>The scripts that deliver, run by a shell; kubectl, helm, curl, git and docker are stand-ins that write down how they were called.</summary>
public sealed class DeployScriptsTests : IDisposable
{
    private const string Digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111", Commit = "2222222222222222222222222222222222222222";

    private readonly TempDirectory _folder = new();

    public DeployScriptsTests()
    {
        _folder.Write("image.txt", $"ghcr.io/acme/shop@{Digest}\n");
        Program("git", "echo 2026-01-31T11:30:00Z");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("python")]
    [InlineData("argo-own")]
    [InlineData("argo-chart")]
    [InlineData("flux-own")]
    [InlineData("flux-chart")]
    public async Task Apply_WritesCommitAndDigest_AndWaits(string name)
    {
        var design = Prepared(name, out var controller);
        Program("kubectl", "echo \"kubectl $*\" >> called; case \"$*\" in *view-last-applied*) exit 1;; esac");
        Assert.Equal(0, await RunAsync(design, "Deploy"));
        var now = Read("now.yaml");
        Assert.Contains(Digest, now);
        Assert.Contains(Commit, now);
        Assert.Contains("ghcr.io/acme/shop", now);
        Assert.DoesNotContain("00000000", now);
        Assert.Equal("succeeded\n", Read("outcome.txt"));
        Assert.Contains($"kubectl wait --namespace {(controller == "argo-cd" ? "argocd application" : "flux-system kustomization")}/shop-production", Read("called"));
    }

    [Theory]
    [InlineData("python", true)]
    [InlineData("python", false)]
    [InlineData("flux-own", true)]
    public async Task Apply_WhereTheClusterDoesNotBecomeHealthy_AppliesWhatWasThereBefore(string name, bool before)
    {
        var design = Prepared(name, out _);
        Program("kubectl", $"echo \"kubectl $*\" >> called; case \"$*\" in *view-last-applied*) {(before ? "echo '{}'" : "exit 1")};; *Healthy*|*lastAppliedRevision*) exit 1;; esac");
        Assert.Equal(1, await RunAsync(design, "Deploy"));
        Assert.Equal(before ? "rolledBack\n" : "failed\n", Read("outcome.txt"));
        Assert.Equal(before, Read("called").Contains("kubectl apply -f before.json"));
    }

    [Theory]
    [InlineData(0, "succeeded\n")]
    [InlineData(1, "rolledBack\n")]
    public async Task Helm_SaysWhatBecameOfIt(int code, string outcome)
    {
        Program("helm", $"echo \"helm $*\" >> called; case $1 in template) echo 'image: ghcr.io/acme/shop@{Digest}';; *) exit {code};; esac");
        Assert.Equal(code, await RunAsync(DesignRig.Design("node", Platform.GitHubActions), "Deploy"));
        Assert.Equal(outcome, Read("outcome.txt"));
        const string values = $"--set-string image.repository=ghcr.io/acme/shop --set-string image.digest={Digest}\n";
        Assert.Equal($"helm template shop ./chart {values}helm upgrade --install shop ./chart --namespace shop-production --atomic --timeout 10m {values}", Read("called"));
    }

    /// <summary>What was verified, and nothing else: a chart that runs another image in its place is not deployed.</summary>
    [Theory]
    [InlineData("node")]
    [InlineData("argo-chart")]
    [InlineData("flux-chart")]
    public async Task AChartThatRunsAnotherImage_IsNotDeployed(string name)
    {
        var design = Prepared(name, out _);
        Program("kubectl", "echo \"kubectl $*\" >> called");
        // what only speaks of the verified image runs nothing
        Program("helm", "echo \"helm $1\" >> called; echo \"  note: $(cat image.txt)\"; echo '  - image: acme/server:1.0'");
        Assert.Equal(1, await RunAsync(design, "Deploy"));
        Assert.EndsWith("helm template\n", Read("called"), StringComparison.Ordinal);
        Assert.DoesNotContain("kubectl", Read("called"), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.In("outcome.txt")));
    }

    /// <summary>The environment before this one may have run in the same folder: what became of it is not told as this one's, whether or not it was told itself.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_AfterAnEarlierDeploymentInTheSameFolder_TellsNothingOfIt(bool told)
    {
        var design = DesignRig.Design("node", Platform.GitHubActions);
        _folder.Write("outcome.txt", "succeeded\n");
        Program("kubectl", "exit 1");
        Program("curl", "echo \"curl $*\" >> called; echo '{\"value\": \"identity\", \"token\": \"secret\"}'");
        if (told)
        {
            Assert.Equal(0, await RunAsync(design, "Tell how it went", "deploy-staging"));
            File.Delete(_folder.In("called"));
        }
        else
        {
            Assert.NotEqual(0, await RunAsync(design, "Reach the cluster"));
        }
        Assert.Equal(0, await RunAsync(design, "Tell how it went"));
        Assert.False(File.Exists(_folder.In("called")));
    }

    /// <summary>A deployment that succeeded must not be told as one that went back because telling it failed: it is told once, by what is known of it.</summary>
    [Theory]
    [InlineData("succeeded")]
    [InlineData("rolledBack")]
    [InlineData(null)]
    public async Task Report_TellsWhatIsKnown_AndNothingWhereNothingBegan(string? outcome)
    {
        if (outcome is not null) _folder.Write("outcome.txt", outcome + "\n");
        Program("curl", "echo \"curl $*\" >> called; echo '{\"value\": \"identity\", \"token\": \"secret\"}'");
        Assert.Equal(0, await RunAsync(DesignRig.Design("node", Platform.GitHubActions), "Tell how it went"));
        if (outcome is null)
        {
            Assert.False(File.Exists(_folder.In("called")));
            return;
        }
        using var json = JsonDocument.Parse(Read("deployment.json"));
        Assert.Equal(outcome, json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("production", json.RootElement.GetProperty("environment").GetString());
        var change = json.RootElement.GetProperty("changes")[0];
        Assert.Equal((Commit, "2026-01-31T11:30:00Z"), (change.GetProperty("commit").GetString(), change.GetProperty("committedAt").GetString()));
        Assert.DoesNotContain("secret", Read("called"));
    }

    [Fact]
    public void Report_IsOneStepThatRunsHoweverItEnded()
    {
        var text = DesignRig.Design("node", Platform.GitHubActions).Text;
        Assert.DoesNotContain("if: failure()", text);
        // the other two are the reports of what was tested, and what is said of staging
        Assert.Equal(3, text.Split("if: ${{ !cancelled() }}").Length - 1);
    }

    /// <summary>The provenance must be about this commit: one of another build of the same image is none.</summary>
    [Theory]
    [InlineData(Commit, 0)]
    [InlineData("3333333333333333333333333333333333333333", 1)]
    public async Task Provenance_OfAnotherCommit_IsRefused(string commit, int code)
    {
        string Envelope(string of) => $"{{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{{\"predicate\":{{\"gitCommit\":\"{of}\"}}}}"))}\",\"signatures\":[]}}\n";
        _folder.Write("answer", Envelope("4444") + Envelope(commit));
        Program("docker", "cat answer");
        Assert.Equal(code, await RunAsync(DesignRig.Design("node", Platform.GitLab), "Verify the provenance", "verify"));
    }

    /// <summary>A Docker that outlives jobs knows an image by all the repositories that it was ever pushed to.</summary>
    [Theory]
    [InlineData("ghcr.io/acme/shop", "ghcr.io/acme/shop", 0)]
    [InlineData("docker.io/acme/shop", "acme/shop", 0)]
    [InlineData("ghcr.io/acme/sho", "", 1)]
    public async Task Push_KeepsTheDigestOfItsOwnRepository(string image, string expected, int code)
    {
        Program("docker", $"case \"$*\" in *inspect*) printf '%s\\n' ghcr.io/other/shop@sha256:3333 ghcr.io/acme/shop@{Digest} acme/shop@{Digest};; esac");
        Assert.Equal(code, await RunAsync(DesignRig.Design("node", Platform.GitLab), "Push the image", "image", ("IMAGE", image)));
        Assert.Equal(expected.Length == 0 ? "" : $"{expected}@{Digest}\n", Read("image.txt"));
    }

    /// <summary>The cluster's token is asked for each time it is needed, and stands in no file and in no command.</summary>
    [Fact]
    public async Task Connect_AsksForTheTokenWhenItIsNeeded()
    {
        Program("kubectl", "echo \"kubectl $*\" >> called");
        Program("curl", "echo '{\"value\": \"identity\"}'");
        Program("jq", "cat > /dev/null; echo \"$*\" > asked");
        Assert.Equal(0, await RunAsync(DesignRig.Design("node", Platform.GitHubActions), "Reach the cluster"));
        Assert.DoesNotContain("identity", Read("kube-token.sh"));
        Assert.DoesNotContain("token=", Read("called"));
        Assert.Equal(0, await ShellAsync("sh kube-token.sh"));
        Assert.Equal("{apiVersion: \"client.authentication.k8s.io/v1\", kind: \"ExecCredential\", status: {token: .value}}\n", Read("asked"));
    }

    /// <summary>What is not set on Jenkins must not become the word null.</summary>
    [Fact]
    public void Jenkins_SaysNoVariableAnew()
    {
        var text = DesignRig.Design("node", Platform.Jenkins).Text;
        Assert.DoesNotContain("SIGNALBOX_URL = ", text);
        Assert.DoesNotContain("IMAGE = ", text);
    }

    [Fact]
    public void Rights_ThatAChoiceLeavesUnused_AreNotAskedFor()
    {
        var design = DesignRig.Design("node", Platform.GitHubActions, ("image", "registry.example.com/shop"), ("sign", "key"), ("provenance", "off"), ("cluster", "secret"), ("dora", "off"));
        Assert.All(design.Pipeline.Jobs, j => Assert.Equal(["contents"], j.Permissions!.Scopes.Select(s => s.Name)));
    }

    private PipelineDesign Prepared(string name, out string controller)
    {
        var design = DesignRig.Design(name, Platform.GitHubActions);
        foreach (var file in design.Delivery) _folder.Write(file.Path, file.Text);
        controller = design.Decisions["deploy"];
        Program("helm", $"echo 'image: ghcr.io/acme/shop@{Digest}'");
        return design;
    }

    private string Read(string name) => File.ReadAllText(_folder.In(name));

    private void Program(string name, string script)
    {
        _folder.Write($"bin/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(_folder.In($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private Task<int> RunAsync(PipelineDesign design, string step, string job = "deploy-production", params (string Name, string Value)[] variables) => ShellAsync(design.Scripts(job)[step], variables);

    private async Task<int> ShellAsync(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("sh", ["-e", "-c", script]) { WorkingDirectory = _folder.Path, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder.In("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in new[] { ("GITHUB_SHA", Commit), ("Commit", Commit), ("SIGNALBOX_URL", "https://signalbox.example.com"), ("KUBE_SERVER", "https://cluster.example.com"), ("KUBE_CA", "PEM"), ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://actions.example.com/?v=1"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "asked") }) start.Environment[name] = value;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var shell = Process.Start(start)!;
        var said = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await said;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shell.ExitCode;
    }
}
