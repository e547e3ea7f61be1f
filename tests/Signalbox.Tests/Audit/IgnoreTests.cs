using Signalbox.Audit;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>Comments that set findings aside.</summary>
public sealed class IgnoreTests
{
    [Theory]
    [InlineData("      # signalbox: ignore[unpinned-action] ours\n      - uses: acme/build@v1")]
    [InlineData("      - uses: acme/build@v1 # signalbox: ignore[unpinned-action] ours")]
    [InlineData("      - uses: acme/build@v1 # v1.2.3 signalbox: ignore[unpinned-action] ours")]
    [InlineData("      # signalbox:ignore [ secrets-inherited , unpinned-action ]: ours\n\n      # another word\n      - uses: acme/build@v1")]
    public void Ignore_WithRuleAndReason_SetsTheFindingAside(string step)
    {
        var result = Audit(".github/workflows/ci.yml", $"on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n{step}\n", "unpinned-action");
        Assert.Empty(result.Findings);
        Assert.Equal("ours", Assert.Single(result.Ignored).Reason);
    }

    [Theory]
    [InlineData("ignore[unpinned-action]", "gives no reason", true)]
    [InlineData("ignore because", "names no rule", true)]
    [InlineData("ignore[unpinned-actions] because", "did you mean 'unpinned-action'", true)]
    [InlineData("ignore[secrets-inherited] because", "finds nothing on line 7", true)]
    [InlineData("ignored[unpinned-action] because", null, true)]
    [InlineData("ignore[unpinned-action, secrets-inherited] because", "'secrets-inherited' finds nothing", false)]
    public void Ignore_ThatIsWrong_IsSaid(string ignore, string? expected, bool finds)
    {
        var result = Audit(".github/workflows/ci.yml", $"on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      # signalbox: {ignore}\n      - uses: acme/build@v1\n", "unpinned-action", "secrets-inherited");
        Assert.Equal(finds, result.Findings.Any(f => f.Rule.Id == "unpinned-action"));
        var said = result.Findings.Where(f => f.Rule.Id is "invalid-ignore" or "unused-ignore").ToList();
        if (expected is null) Assert.Empty(said);
        else Assert.Contains(expected, Assert.Single(said).Message);
    }

    [Fact]
    public void Ignore_OfARuleThatDidNotRun_IsNotCalledUnused() =>
        Assert.Empty(Audit("Dockerfile", "# signalbox: ignore[secrets-inherited] because\nFROM a@sha256:0000000000000000000000000000000000000000000000000000000000000000\n", "last-user-root").Findings);

    [Fact]
    public void Dockerfile_CommentAboveAnInstruction_Counts()
    {
        var result = Audit("Dockerfile", "FROM debian:12\n# signalbox: ignore[sudo-in-dockerfile] the base image wants it\nRUN sudo \\\n  make\n", "sudo-in-dockerfile");
        Assert.Empty(result.Findings);
        Assert.Single(result.Ignored);
    }

    [Theory]
    [InlineData("// signalbox: ignore[script-injection] only we can set it")]
    [InlineData("/* signalbox: ignore[script-injection] only we can set it */")]
    public void Jenkinsfile_CommentOfGroovy_Counts(string comment)
    {
        string Text(string above) => $"pipeline {{\n  agent any\n  parameters {{ string(name: 'WHO', defaultValue: '') }}\n  stages {{ stage('a') {{ steps {{\n    {above}\n    sh \"echo ${{params.WHO}}\"\n  }} }} }}\n}}\n";
        Assert.NotEmpty(Audit("Jenkinsfile", Text(""), "script-injection").Findings);
        var result = Audit("Jenkinsfile", Text(comment), "script-injection");
        Assert.Empty(result.Findings);
        Assert.Equal("only we can set it", Assert.Single(result.Ignored).Reason);
    }

    [Fact]
    public void Ignore_WithinAWord_IsNone() =>
        Assert.DoesNotContain(Audit("Dockerfile", "FROM a:1\nLABEL x=y#signalbox:ignore\n", "last-user-root").Findings, f => f.Rule.Id == "invalid-ignore");

    private static AuditResult Audit(string path, string text, params string[] rules) => new Auditor(new([.. rules.Select(r => RuleTable.Find(r)!)])).Run([File(path, text)]);
}
