using Signalbox.Audit;
using Signalbox.Delivery;
using Signalbox.Yaml;

namespace Signalbox.Tests.Audit;

/// <summary>What <c>audit:</c> in signalbox.yaml decides.</summary>
public sealed class PolicyTests
{
    private const string Workflow = """
        on: push
        permissions: {}
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - uses: acme/build@v1
        """;

    [Fact]
    public void Level_OfARule_HoldsInsteadOfItsOwn() =>
        Assert.Equal(RuleSeverity.Low, Assert.Single(Audit("rules: { unpinned-action: { level: low } }", "unpinned-action")).Severity);

    [Fact]
    public void Off_WithAReason_SwitchesTheRuleOff() => Assert.Empty(Audit("rules: { unpinned-action: { off: all actions are ours } }", "unpinned-action"));

    [Theory]
    [InlineData("rules: { unpinned-action: { off: \"\" } }", "without a reason")]
    [InlineData("rules: { unpinned-action: { off: true } }", "without a reason")]
    [InlineData("rules: { unpinned-actoin: { level: low } }", "did you mean 'unpinned-action'")]
    [InlineData("rules: { unpinned-action: { level: loud } }", "level is 'loud'")]
    [InlineData("rules: { unpinned-action: { leevl: low } }", "unknown key 'leevl'")]
    [InlineData("rules: { unpinned-action: {} }", "'level' is missing")]
    [InlineData("rules: [unpinned-action]", "a mapping of rules")]
    [InlineData("thresholds: { replicas: none }", "replicas is 'none'")]
    [InlineData("exlude: [a]", "unknown key 'exlude'")]
    public void Mistake_IsAFindingAtItsPlace_AndTheRestHolds(string policy, string expected)
    {
        var findings = Audit(policy, null);
        var finding = Assert.Single(findings, f => f.Rule.Id == "invalid-policy");
        Assert.Contains(expected, finding.Message);
        Assert.Equal("signalbox.yaml", finding.Locations[0].Path);
        Assert.True(finding.Locations[0].Line > 0);
        Assert.Contains(findings, f => f.Rule.Id == "unpinned-action");
    }

    [Theory]
    [InlineData("exclude: .github/", true)]
    [InlineData("exclude: [\"*.yml\"]", true)]
    [InlineData("exclude: [.github/workflows/**]", true)]
    [InlineData("exclude: [docs/, \"!x\"]", false)]
    [InlineData("exclude: [workflow]", false)]
    public void Exclude_NamesPathsThatAreNotRead(string policy, bool excluded) => Assert.Equal(excluded, Audit(policy, "unpinned-action").Count == 0);

    [Fact]
    public void Exclude_OnDisk_LeavesFilesUnread()
    {
        using var folder = new TempDirectory();
        folder.Write(".github/workflows/ci.yml", Workflow);
        folder.Write("testdata/deep/er/.github/workflows/ci.yml", Workflow);
        folder.Write("signalbox.yaml", "apiVersion: signalbox/v1\naudit: { exclude: [testdata/] }\n");
        var findings = new Auditor(new([RuleTable.Find("unpinned-action")!])).Run(folder.Path).Findings;
        Assert.Equal(".github/workflows/ci.yml", Assert.Single(findings).Locations[0].Path);
    }

    [Theory]
    [InlineData("thresholds: { replicas: 2 }", 0)]
    [InlineData("thresholds: { replicas: 4 }", 1)]
    [InlineData("exclude: [x]", 1)]
    public void Threshold_OfReplicas_IsTheProjectsOwn(string policy, int expected)
    {
        const string Deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 2, template: { spec: { containers: [{ name: web, image: a }] } } }\n";
        var files = new[] { File("web.yaml", Deployment), File("signalbox.yaml", $"apiVersion: signalbox/v1\naudit: {{ {policy} }}\n") };
        Assert.Equal(expected, new Auditor(new([RuleTable.Find("fewer-than-three-replicas")!])).Run(files).Findings.Count);
    }

    [Fact]
    public void BrokenPolicyFile_IsSaid()
    {
        var findings = new Auditor(new(RuleTable.All)).Run([File("signalbox.yaml", "audit: [\n")]).Findings;
        Assert.Contains(findings, f => f.Rule.Id == "invalid-policy");
    }

    [Fact]
    public void DeliveryFile_MayHoldTheAuditAlone()
    {
        var file = DeliveryFileReader.Read("apiVersion: signalbox/v1\naudit: { exclude: [a] }\n"u8);
        Assert.Empty(file.Findings);
        Assert.Empty(file.Applications!);
        Assert.NotEmpty(DeliveryFileReader.Read("apiVersion: signalbox/v1\naudit: { exclude: [a] }\nport: 80\n"u8).Findings);
    }

    private static IReadOnlyList<AuditFinding> Audit(string policy, string? rule)
    {
        var rules = rule is null ? RuleTable.All : [RuleTable.Find(rule)!];
        return new Auditor(new(rules)).Run([File(".github/workflows/ci.yml", Workflow), File("signalbox.yaml", $"apiVersion: signalbox/v1\naudit: {{ {policy} }}\n")]).Findings;
    }

    internal static SourceFile File(string path, string text) => new(path, new YamlText(text));
}
