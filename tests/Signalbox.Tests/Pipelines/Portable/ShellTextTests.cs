using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Variables in scripts, where a shell would put them in and nowhere else.</summary>
public sealed class ShellTextTests
{
    [Theory]
    [InlineData("echo $GITHUB_SHA", "echo ${CI_COMMIT_SHA}")]
    [InlineData("echo \"${GITHUB_SHA}\"", "echo \"${CI_COMMIT_SHA}\"")]
    [InlineData("echo '$GITHUB_SHA'", "echo '$GITHUB_SHA'")]
    [InlineData("echo \\$GITHUB_SHA", "echo \\$GITHUB_SHA")]
    [InlineData("echo ${GITHUB_SHA:0:8}", "echo ${CI_COMMIT_SHA:0:8}")]
    [InlineData("echo '${{ github.sha }}'", "echo ''\"${CI_COMMIT_SHA}\"''")]
    [InlineData("echo \"$(echo '$GITHUB_SHA' \"$GITHUB_SHA\")\"", "echo \"$(echo '$GITHUB_SHA' \"${CI_COMMIT_SHA}\")\"")]
    [InlineData("true # it's $GITHUB_SHA\necho $GITHUB_SHA", "true # it's $GITHUB_SHA\necho ${CI_COMMIT_SHA}")]
    [InlineData("cat <<'EOF'\n$GITHUB_SHA\nEOF\necho $GITHUB_SHA", "cat <<'EOF'\n$GITHUB_SHA\nEOF\necho ${CI_COMMIT_SHA}")]
    [InlineData("cat <<EOF\n$GITHUB_SHA\nEOF", "cat <<EOF\n${CI_COMMIT_SHA}\nEOF")]
    [InlineData("echo $GITHUB_SHAX $GITHUB_REF_NAME", "left")]
    public void GitHubsVariables_GetGitLabsNames(string script, string expected)
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n{string.Concat(script.Split('\n').Select(l => $"          {l}\n"))}");
        var (text, log) = PortableRig.Write(Platform.GitLab, pipeline);
        if (expected == "left") { Assert.True(log.AnyLeft); return; }
        Assert.False(log.AnyLeft, text);
        Assert.Equal(expected, Assert.Single(PortableRig.Read(Platform.GitLab, text).Pipeline.Jobs[0].Steps.OfType<RunStep>()).Script.Render(l => l, r => r.Bare ? "CI_COMMIT_SHA" : "${CI_COMMIT_SHA}"));
    }

    [Fact]
    public void AzuresScripts_StopWhereGitHubsDo_AndGoOnWhereTheyDid()
    {
        const string azure = "trigger: none\npr: none\nsteps:\n  - script: |\n      one\n      two\n";
        var (pipeline, _) = PortableRig.Read(Platform.AzurePipelines, azure);
        Assert.Contains("set +e\n          one", PortableRig.Write(Platform.GitHubActions, pipeline).Text);
        Assert.DoesNotContain("set ", PortableRig.Write(Platform.AzurePipelines, pipeline).Text);
        var (github, _) = PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          one\n          two\n");
        Assert.Contains("set -e\n", PortableRig.Write(Platform.AzurePipelines, github).Text);
    }

    [Fact]
    public void ASecretInAScript_IsHandedOverAsAVariable()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: login ${{ secrets.TOKEN }} ${{ github.event.issue.title }}\n");
        var step = Assert.Single(pipeline.Jobs[0].Steps.OfType<RunStep>());
        Assert.Equal("login ${TOKEN} ${EXPRESSION}", step.Script.Literal);
        Assert.Equal(["TOKEN", "EXPRESSION"], step.Variables.Select(v => v.Name));
        Assert.Contains("withCredentials([string(credentialsId: 'TOKEN', variable: 'TOKEN')])", PortableRig.Write(Platform.Jenkins, pipeline).Text);
    }

    [Fact]
    public void AConditionThatCannotBeSaid_FailsTheJob()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, "on: push\njobs:\n  deploy:\n    if: contains(github.event.head_commit.message, '[deploy]')\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./deploy\n");
        foreach (var platform in PortableRig.Platforms.Where(p => p != Platform.GitHubActions))
        {
            var (text, log) = PortableRig.Write(platform, pipeline);
            Assert.True(log.AnyLeft);
            var scripts = PortableRig.Read(platform, text).Pipeline.Jobs[0].Steps.OfType<RunStep>().Select(s => s.Script.ToString()).ToList();
            Assert.Contains("exit 1", scripts[0]);
            Assert.True(scripts.Count > 1 || scripts[0].IndexOf("exit 1", StringComparison.Ordinal) < scripts[0].IndexOf("./deploy", StringComparison.Ordinal), text);
        }
    }
}
