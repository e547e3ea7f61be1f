using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;

namespace Signalbox.Tests.Delivery.Policies;

public sealed class PolicyReaderTests
{
    internal const string Full = """
        apiVersion: signalbox-policy/v1
        gates:
          signature:
            keys: ["sha256:aaaa"]
            identities: ["https://github.com/acme/shop/*"]
            issuers: ["https://token.actions.githubusercontent.com"]
          provenance: { level: 3, builders: ["https://github.com/slsa/*"], sources: [github.com/acme/shop], refs: [refs/heads/main] }
          sbom: enforce
          coverage: { mode: warn, atLeast: 85.5% }
          vulnerabilities: { block: high, blockFixable: medium, tools: [trivy, grype] }
          freshness: { scan: 12h }
          approval: { count: 2, by: [alice, bob], maxAge: 3d }
          rollback: off
          commands: { allow: ["./migrate.sh up"] }
        freeze:
          - { name: weekend, from: "Fri 18:00", to: "Mon 08:00", zone: Europe/Berlin }
          - { name: year-end, from: 2026-12-20, to: 2027-01-03T06:00, zone: UTC }
        custom:
          - { name: ticket, command: [/usr/local/bin/ticket, --strict], timeout: 10s }
        evidenceFrom: ["ci:*"]
        promote: { after: 1h30m }
        """;

    [Fact]
    public void Read_Full_HasAllOfIt()
    {
        var policy = Read(Full).Policy!;
        Assert.Equal(["sha256:aaaa"], policy.Rule("signature").Values("keys"));
        Assert.Equal(GateMode.Enforce, policy.Rule("signature").Mode);
        Assert.Equal(("85.5%", GateMode.Warn), (policy.Rule("coverage").Value("atLeast"), policy.Rule("coverage").Mode));
        Assert.Equal(["trivy", "grype"], policy.Rule("vulnerabilities").Values("tools"));
        Assert.Equal("43200s", policy.Rule("freshness").Value("scan"));
        Assert.Null(policy.Rule("freshness").Value("sbom"));
        Assert.Equal("24h", Policy.Default.Rule("freshness").Value("scan"));
        Assert.Equal(GateMode.Off, policy.Rule("rollback").Mode);
        Assert.Equal(GateMode.Warn, policy.Rule("health").Mode);
        Assert.Equal(GateMode.Off, Policy.Default.Rule("approval").Mode);
        Assert.Equal(["weekend", "year-end"], policy.Freeze.Select(window => window.Name));
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.Single(policy.Custom).Timeout);
        Assert.Equal(["ci:*"], policy.EvidenceFrom!);
        Assert.Equal(TimeSpan.FromMinutes(90), policy.Promote!.After);
        Assert.Equal((3, "signature"), (policy.Rule("signature").Place!.Line, policy.Rule("signature").Place!.Text!.Trim().TrimEnd(':')));
    }

    [Fact]
    public void Read_Wrong_SaysEverythingAtOnce()
    {
        var read = Read("""
            apiVersion: signalbox-policy/v2
            gates:
              signatur: enforce
              coverage: { atLeast: 120%, atLest: 3 }
            freeze:
              - { name: a, from: "Fri 18:00", to: "08:00", zone: UTC }
            custom:
              - { name: coverage, command: [./mine.sh] }
            """);
        Assert.Null(read.Policy);
        Assert.Equal(
            ["policy-invalid-value", "policy-unknown-key", "policy-invalid-value", "policy-unknown-key", "policy-conflicting-keys", "policy-invalid-value", "policy-invalid-value"],
            read.Findings.Select(finding => finding.Id));
        Assert.Contains("did you mean 'signature'", read.Findings[1].Message);
    }

    [Theory]
    [InlineData("gates: { coverage: { atLeast: 120% } }", "policy-invalid-value")]
    [InlineData("gates: { coverage: { atLest: 80% } }", "policy-unknown-key")]
    [InlineData("gates: { approval: { count: 101 } }", "policy-invalid-value")]
    [InlineData("gates: { vulnerabilities: { block: severe } }", "policy-invalid-value")]
    [InlineData("gates: { sbom: always }", "policy-invalid-value")]
    [InlineData("gates: { freshness: { scan: yesterday } }", "policy-invalid-value")]
    [InlineData("gates: { rollback: { irreversibleHooks: maybe } }", "policy-invalid-value")]
    [InlineData("gates: [coverage]", "policy-wrong-type")]
    [InlineData("freeze: [{ name: a, from: 'Fri 18:00', to: '08:00', zone: UTC }]", "policy-conflicting-keys")]
    [InlineData("freeze: [{ name: a, from: 'Fri 18:00', to: 'Mon 08:00', zone: Atlantis/Centre }]", "policy-invalid-value")]
    [InlineData("freeze: [{ name: a, from: 2027-01-01, to: 2026-01-01, zone: UTC }]", "policy-invalid-value")]
    [InlineData("freeze: [{ name: a, from: 'Fri 18:00', to: 'Fri 18:00', zone: UTC }]", "policy-invalid-value")]
    [InlineData("freeze: [{ name: a, from: Someday, to: 'Mon 08:00', zone: UTC }]", "policy-invalid-value")]
    [InlineData("freeze: [{ name: a, from: '08:00', to: '09:00' }]", "policy-missing-key")]
    [InlineData("freeze: [{ name: a, from: '08:00', to: '09:00', zone: UTC }, { name: a, from: '10:00', to: '11:00', zone: UTC }]", "policy-duplicate-name")]
    [InlineData("custom: [{ name: coverage, command: [/bin/true] }]", "policy-invalid-value")]
    [InlineData("custom: [{ name: mine, command: [./mine.sh] }]", "policy-invalid-value")]
    [InlineData("custom: [{ name: mine, command: [/bin/true], timeout: 1h }]", "policy-invalid-value")]
    [InlineData("evidenceFrom: { a: b }", "policy-wrong-type")]
    [InlineData("gates: { coverage: enforce, coverage: off }", "yaml-duplicate-key")]
    public void Read_Wrong_NamesIt(string text, string id)
    {
        var read = Read($"apiVersion: signalbox-policy/v1\n{text}\n");
        Assert.Null(read.Policy);
        var finding = Assert.Single(read.Findings);
        Assert.Equal(id, finding.Id);
        Assert.False(char.IsUpper(finding.Message[0]));
        Assert.NotNull(finding.Help);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\0")]
    [InlineData("a: &a [*a]")]
    public void Read_NoPolicy_IsAFinding(string text) => Assert.True(Read(text) is { Policy: null, Findings.Count: > 0 });

    [Fact]
    public void Read_HostileText_GivesFindingsNeverAnException()
    {
        var valid = Encoding.UTF8.GetBytes(Full);
        var change = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 3], Gen.Byte);
        change.Array[1, 6].Sample(changes =>
        {
            var bytes = valid.ToList();
            foreach (var (at, kind, value) in changes)
            {
                var index = at % bytes.Count;
                if (kind == 0) bytes.RemoveAt(index);
                else if (kind == 1) bytes.Insert(index, value);
                else if (kind == 2) bytes[index] = value;
                else bytes.RemoveRange(index, Math.Min(value, bytes.Count - index - 1));
            }
            var read = PolicyReader.Read(bytes.ToArray(), "policy.yaml", _ => true);
            return read.Policy is not null || read.Findings.Count > 0;
        }, iter: 3000);
    }

    [Fact]
    public void Schema_IsPublished_AndTheOneInSignalboxYamlIsTheSame()
    {
        Cases.Verify(Path.Combine(Cases.Root, "docs", "schema", "policy.schema.json"), PolicySchema.Text());
        using var stream = DeliverySchema.Open();
        Assert.True(JsonNode.DeepEquals(PolicySchema.Gates(), JsonNode.Parse(stream)!["$defs"]!["gates"]));
    }

    [Fact]
    public void SignalboxYaml_MayTightenAndNotTurnOff()
    {
        const string file = "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [app] }\nport: 80\nenvironments:\n  - name: production\n    gates: ";
        var tight = DeliveryFileReader.Read(Encoding.UTF8.GetBytes(file + "{ coverage: { atLeast: 90% } }"));
        var rule = Assert.Single(tight.Applications![0].Environments[0].Gates!);
        Assert.Equal(("90%", GateMode.Enforce), (rule.Value("atLeast"), rule.Mode));
        Assert.Null(rule.Place);
        var off = DeliveryFileReader.Read(Encoding.UTF8.GetBytes(file + "{ coverage: off }"));
        Assert.Contains("never weaken it", Assert.Single(off.Findings).Message);
    }

    internal static PolicyFile Read(string text) => PolicyReader.Read(Encoding.UTF8.GetBytes(text), "policy.yaml", zone => zone != "Atlantis/Centre");
}
