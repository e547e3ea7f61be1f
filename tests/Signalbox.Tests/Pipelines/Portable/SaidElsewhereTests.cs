using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using static Signalbox.Tests.Pipelines.Portable.PortableRig;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What a platform gives a job by itself - variables, a token, a shell, blocks of Groovy - is there elsewhere, or the report says that it is not.</summary>
public sealed class SaidElsewhereTests
{
    private static bool Says(IReadOnlyList<CarriageNote> notes, Carried kind, string what) => notes.Any(n => n.Kind == kind && n.What.Contains(what, StringComparison.Ordinal));

    [Fact]
    public void VariablesOfAGitLabProject_AreAskedFor()
    {
        const string source = "variables: { MODE: fast }\na:\n  script:\n    - 'curl -H \"T: $API_TOKEN\" $API_HOST/$MODE'\n    - X=1; echo $X ${Y:-none} $HOME $JAVA_HOME $CI_COMMIT_SHA '$QUOTED'\n    - for f in *; do echo $f; done\n";
        var (github, notes) = Converted(Platform.GitLab, Platform.GitHubActions, source);
        Assert.Contains("API_TOKEN: ${{ secrets.API_TOKEN }}", github);
        Assert.Contains("API_HOST: ${{ vars.API_HOST }}", github);
        Assert.True(Says(notes, Carried.Changed, "API_TOKEN"));
        foreach (var other in (string[])["X:", "HOME:", "QUOTED:", "f:"]) Assert.DoesNotContain($"          {other}", github);
        Assert.Contains("API_TOKEN: $(API_TOKEN)", Converted(Platform.GitLab, Platform.AzurePipelines, source).Text);
        Assert.Contains("withCredentials([string(credentialsId: 'API_TOKEN', variable: 'API_TOKEN')])", Converted(Platform.GitLab, Platform.Jenkins, source).Text);
        Assert.DoesNotContain("export API_TOKEN", Converted(Platform.GitLab, Platform.GitLab, source).Text);
    }

    [Fact]
    public void Pipefail_IsBash()
    {
        Assert.True(ShellText.IsBash("set -euo pipefail"));
        Assert.True(ShellText.IsBash("set -o pipefail"));
        Assert.False(ShellText.IsBash("set -eu"));
        Assert.False(ShellText.IsBash(ShellText.PipefailWhereKnown + "a | b"));
        const string gitlab = "a:\n  image: python:3.12-slim\n  script:\n    - set -euo pipefail\n    - a | b\n";
        var (text, notes) = Converted(Platform.GitLab, Platform.GitHubActions, gitlab);
        Assert.Contains("shell: bash", text);
        Assert.True(Says(notes, Carried.Changed, "its script is one for bash"));
        Assert.True(Says(Converted(Platform.AzurePipelines, Platform.Jenkins, "trigger: none\npr: none\nsteps:\n- script: |\n    set -euo pipefail\n    a | b\n").Notes, Carried.Changed, "the script is for bash"));
    }

    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.AzurePipelines)]
    public void TheTokenOfTheJob_GoesToNoOtherRegistry(Platform to)
    {
        const string steps = "      - uses: docker/login-action@v3\n        with: { registry: ghcr.io, username: '${{ github.actor }}', password: '${{ secrets.GITHUB_TOKEN }}' }\n      - run: gh release create v1\n        env: { GH_TOKEN: '${{ github.token }}' }\n";
        var (text, notes) = Converted(Platform.GitHubActions, to, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" + steps);
        Assert.DoesNotContain("docker login", text);
        Assert.Contains("left for a person: signing in to ghcr.io", text);
        Assert.True(Says(notes, Carried.Left, "signing in to ghcr.io with the job"));
        Assert.False(Says(notes, Carried.Whole, "sign in to ghcr.io"));
        Assert.True(Says(notes, Carried.Changed, "the job's own token is "));
    }

    [Fact]
    public void BlocksOfAScriptedPipeline_HoldForTheirSteps_OrAreLeft()
    {
        const string source = """
            timeout(60) { node('linux') { stage('B') {
              dir('sub') { sh 'make' }
              withEnv(['A=1']) { sh 'make a' }
              retry(3) { sh 'flaky' }
              withCredentials([string(credentialsId: 't', variable: 'T')]) { dir('x') { sh 'curl -H $T x' } }
            }
            stage('C') { docker.image('node:22').inside('-u 0') { sh 'npm ci' }
              sshagent(['k']) { sh 'scp x y' } } } }
            """;
        var (pipeline, log) = PortableRig.Read(Platform.Jenkins, source);
        var steps = pipeline.Job("B")!.Steps.OfType<RunStep>().ToList();
        Assert.Equal(TimeSpan.FromMinutes(60), pipeline.Job("B")!.Timeout);
        Assert.Equal("sub", steps.Single(s => s.Script.Literal == "make").Folder?.Literal);
        Assert.Equal(["A"], steps.Single(s => s.Script.Literal == "make a").Variables.Select(v => v.Name));
        Assert.Equal(2, steps.Single(s => s.Script.Literal == "flaky").Retries);
        var curl = steps.Single(s => s.Script.Literal!.StartsWith("curl", StringComparison.Ordinal));
        Assert.Equal(("x", "T"), (curl.Folder?.Literal, curl.Variables.Single().Name));
        Assert.DoesNotContain(pipeline.Job("B")!.Steps, s => s is ForeignStep);
        var left = pipeline.Job("C")!.Steps.OfType<ForeignStep>().Select(s => s.Uses).ToList();
        Assert.Equal(2, left.Count);
        Assert.Contains("docker.image", left[0]);
        Assert.Contains("sshagent", left[1]);
        Assert.DoesNotContain(log.Notes, n => n.What.Contains("timeout(60)", StringComparison.Ordinal));
    }

    [Fact]
    public void FoldersWithinFolders_AreBelow()
    {
        var run = PortableRig.Read(Platform.Jenkins, "pipeline { agent any\n stages { stage('a') { steps { dir('x') { dir('y') { sh 'make' } } } } } }").Pipeline.Jobs[0].Steps.OfType<RunStep>().Single();
        Assert.Equal("x/y", run.Folder?.Literal);
    }

    [Theory]
    [InlineData("{ os: [ubuntu, windows] }", "${{ matrix.os }}-latest", "windows-latest")]
    [InlineData("{ arch: [amd64, arm64] }", "${{ matrix.arch == 'arm64' && 'ubuntu-24.04-arm' || 'ubuntu-24.04' }}", "matrix.arch")]
    public void AMachineThatACombinationNames_IsLeft(string matrix, string runner, string expected)
    {
        var source = $"on: push\njobs:\n  a:\n    strategy:\n      matrix: {matrix}\n    runs-on: {runner}\n    steps:\n      - run: make\n";
        foreach (var to in (Platform[])[Platform.GitLab, Platform.Jenkins])
        {
            var (text, notes) = Converted(Platform.GitHubActions, to, source);
            Assert.Contains(notes, n => n.Kind == Carried.Left && n.What.Contains("the combinations on", StringComparison.Ordinal) && n.What.Contains(expected, StringComparison.Ordinal));
            Assert.Contains("left for a person", text);
        }
    }

    [Theory]
    [InlineData(Platform.GitHubActions)]
    [InlineData(Platform.AzurePipelines)]
    public void DockerInDocker_IsStartedWithAllRights_AndItsCertificatesAreSaid(Platform to)
    {
        const string source = "a:\n  image: docker:24\n  services: [docker:24-dind]\n  variables: { DOCKER_HOST: tcp://docker:2376, DOCKER_TLS_CERTDIR: /certs }\n  script: docker ps\n";
        var (text, notes) = Converted(Platform.GitLab, to, source);
        Assert.Matches("options: '?--privileged", text);
        Assert.True(Says(notes, Carried.Left, "does not share its certificates"));
        Assert.Contains("left for a person", text);
        var plain = Converted(Platform.GitLab, to, source.Replace("/certs", "''", StringComparison.Ordinal));
        Assert.Matches("options: '?--privileged", plain.Text);
        Assert.True(Says(plain.Notes, Carried.Changed, "is started with --privileged"));
        Assert.False(Says(plain.Notes, Carried.Left, "certificates"));
    }
}
