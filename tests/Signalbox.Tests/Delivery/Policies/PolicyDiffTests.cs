using Signalbox.Delivery.Policies;

namespace Signalbox.Tests.Delivery.Policies;

public sealed class PolicyDiffTests
{
    [Theory]
    // the mode
    [InlineData("gates: { sbom: enforce }", "gates: { sbom: warn }", true)]
    [InlineData("gates: { sbom: enforce }", "gates: { sbom: off }", true)]
    [InlineData("gates: { sbom: enforce }", "gates: { coverage: warn }", true)]
    [InlineData("gates: { sbom: warn }", "gates: { sbom: enforce }", false)]
    [InlineData("gates: { freeze: enforce }", "gates: { freeze: off }", true)]
    // each kind of setting, both ways
    [InlineData("gates: { coverage: { atLeast: 80% } }", "gates: { coverage: { atLeast: 79.9% } }", true)]
    [InlineData("gates: { coverage: { atLeast: 80% } }", "gates: { coverage: { atLeast: 81% } }", false)]
    [InlineData("gates: { coverage: { atLeast: 90% } }", "gates: { coverage: enforce }", true)]
    [InlineData("gates: { coverage: { branchesAtLeast: 50% } }", "gates: { coverage: enforce }", true)]
    [InlineData("gates: { provenance: { level: 3 } }", "gates: { provenance: { level: 2 } }", true)]
    [InlineData("gates: { approval: { count: 1 } }", "gates: { approval: { count: 2 } }", false)]
    [InlineData("gates: { freshness: { scan: 12h } }", "gates: { freshness: { scan: 13h } }", true)]
    [InlineData("gates: { freshness: { scan: 12h } }", "gates: { freshness: { scan: 720m } }", false)]
    [InlineData("gates: { approval: { maxAge: 1d } }", "gates: { approval: enforce }", true)]
    [InlineData("gates: { vulnerabilities: { block: high } }", "gates: { vulnerabilities: { block: critical } }", true)]
    [InlineData("gates: { vulnerabilities: { block: critical } }", "gates: { vulnerabilities: { block: none } }", true)]
    [InlineData("gates: { vulnerabilities: { block: critical } }", "gates: { vulnerabilities: { block: low } }", false)]
    [InlineData("gates: { rollback: { irreversibleHooks: deny } }", "gates: { rollback: { irreversibleHooks: allow } }", true)]
    [InlineData("gates: { vulnerabilities: { tools: [trivy, grype] } }", "gates: { vulnerabilities: { tools: [trivy] } }", true)]
    [InlineData("gates: { vulnerabilities: { tools: [trivy] } }", "gates: { vulnerabilities: enforce }", true)]
    [InlineData("gates: { vulnerabilities: enforce }", "gates: { vulnerabilities: { tools: [trivy] } }", false)]
    // who counts
    [InlineData("gates: { signature: { keys: [a] } }", "gates: { signature: { keys: [a, b] } }", true)]
    [InlineData("gates: { signature: { keys: [a, b] } }", "gates: { signature: { keys: [b] } }", false)]
    [InlineData("gates: { signature: enforce }", "gates: { signature: { keys: [a] } }", true)]
    [InlineData("gates: { signature: { keys: [a], issuers: [i] } }", "gates: { signature: { keys: [a] } }", true)]
    // an identity's signature counts only with issuers, and without a list whoever brings a release sets nothing aside
    [InlineData("gates: { signature: { identities: [a] } }", "gates: { signature: { identities: [a], issuers: [i] } }", true)]
    [InlineData("gates: { signature: { keys: [a] } }", "gates: { signature: { keys: [a], issuers: [i] } }", false)]
    [InlineData("gates: { vulnerabilities: enforce }", "gates: { vulnerabilities: { vexFrom: [a] } }", true)]
    [InlineData("gates: { vulnerabilities: { vexFrom: [a, b] } }", "gates: { vulnerabilities: { vexFrom: [a] } }", true)]
    [InlineData("gates: { vulnerabilities: { vexFrom: [a, b] } }", "gates: { vulnerabilities: { vexFrom: [b, a] } }", false)]
    [InlineData("gates: { sast: { vexFrom: [a] } }", "gates: { sast: enforce }", true)]
    [InlineData("gates: { provenance: { builders: [a] } }", "gates: { provenance: enforce }", true)]
    [InlineData("gates: { provenance: enforce }", "gates: { provenance: { builders: [a] } }", false)]
    // of certificates' provenance none counts before sources or identities are named: the first list lets some in
    [InlineData("gates: { provenance: enforce }", "gates: { provenance: { sources: [a] } }", true)]
    [InlineData("gates: { provenance: enforce }", "gates: { provenance: { identities: [a] } }", true)]
    [InlineData("gates: { provenance: { sources: [a] } }", "gates: { provenance: { sources: [a], identities: [b] } }", false)]
    // those of a workflow that anybody may call count where sources are named
    [InlineData("gates: { provenance: { identities: [b] } }", "gates: { provenance: { sources: [a], identities: [b] } }", true)]
    [InlineData("gates: { signature: { identities: [b], issuers: [c] } }", "gates: { signature: { identities: [b], issuers: [c], sources: [a] } }", true)]
    [InlineData("gates: { signature: { identities: [b], issuers: [c], sources: [a] } }", "gates: { signature: { identities: [b], issuers: [c] } }", true)]
    [InlineData("gates: { signature: { identities: [b], issuers: [c], sources: [a, d] } }", "gates: { signature: { identities: [b], issuers: [c], sources: [a] } }", false)]
    // beside keys no certificate counts
    [InlineData("gates: { provenance: { keys: [k] } }", "gates: { provenance: { keys: [k], sources: [a] } }", false)]
    [InlineData("gates: { provenance: { keys: [k], sources: [a] } }", "gates: { provenance: { sources: [a] } }", true)]
    [InlineData("gates: { provenance: { keys: [k], sources: [a] } }", "gates: { provenance: { keys: [k], sources: [a], identities: [b] } }", true)]
    // a builder that is named may be of level 3
    [InlineData("gates: { provenance: { level: 3 } }", "gates: { provenance: { level: 3, builders: [a] } }", true)]
    // several keys and levels count for nothing until it is said which is whose
    [InlineData("gates: { provenance: { keys: [k, l], levels: [3 a, 2 b] } }", "gates: { provenance: { keys: [k], levels: [3 a, 2 b] } }", true)]
    [InlineData("gates: { provenance: { keys: [k, l], levels: [3 a] } }", "gates: { provenance: { keys: [k], levels: [3 a] } }", false)]
    [InlineData("gates: { commands: enforce }", "gates: { commands: { allow: [x] } }", true)]
    [InlineData("gates: { approval: { by: [a] } }", "gates: { approval: enforce }", true)]
    [InlineData("evidenceFrom: [a]", "", true)]
    // on the way from environment to environment
    [InlineData("", "gates: { promotion: warn }", true)]
    [InlineData("", "gates: { promotion: { from: staging } }", false)]
    [InlineData("gates: { promotion: { from: [staging, dev] } }", "gates: { promotion: { from: dev } }", true)]
    // a promotion without a person goes by it whatever the gate's mode
    [InlineData("gates: { promotion: { mode: off, from: [staging] } }", "gates: { promotion: off }", true)]
    [InlineData("gates: { promotion: off }", "gates: { promotion: { mode: off, from: [staging] } }", false)]
    [InlineData("gates: { sbom: enforce }", "gates: { sbom: { gaps: allow } }", true)]
    [InlineData("gates: { sbom: { gaps: allow } }", "gates: { sbom: enforce }", false)]
    [InlineData("", "promote: { after: 30m }", true)]
    [InlineData("promote: { after: 30m }", "promote: { after: 29m }", true)]
    [InlineData("promote: { after: 30m }", "promote: { after: 1h }", false)]
    [InlineData("promote: { after: 30m }", "", false)]
    [InlineData("evidenceFrom: [a]", "evidenceFrom: [a, b]", true)]
    // who is not heard may have spoken against a release
    [InlineData("", "evidenceFrom: [a]", true)]
    [InlineData("evidenceFrom: [a, b]", "evidenceFrom: [a]", true)]
    [InlineData("evidenceFrom: [a, b]", "evidenceFrom: [b, a]", false)]
    // two that read alike
    [InlineData("evidenceFrom: ['a, b']", "evidenceFrom: [a, b]", true)]
    [InlineData("custom: [{ name: a, command: [sh, -c, 'exit 1'] }]", "custom: [{ name: a, command: [sh, -c, exit, '1'] }]", true)]
    [InlineData("gates: { vulnerabilities: { tools: ['a, b'] } }", "gates: { vulnerabilities: { tools: [b, a] } }", true)]
    // windows and commands
    [InlineData("freeze: [{ name: a, from: '08:00', to: '09:00', zone: UTC }]", "", true)]
    [InlineData("freeze: [{ name: a, from: '08:00', to: '09:00', zone: UTC }]", "freeze: [{ name: a, from: '08:00', to: '08:30', zone: UTC }]", true)]
    [InlineData("", "freeze: [{ name: a, from: '08:00', to: '09:00', zone: UTC }]", false)]
    [InlineData("custom: [{ name: a, command: [/bin/a] }]", "", true)]
    [InlineData("custom: [{ name: a, command: [/bin/a] }]", "custom: [{ name: a, command: [/bin/b] }]", true)]
    [InlineData("custom: [{ name: a, command: [/bin/a] }]", "custom: [{ name: a, mode: warn, command: [/bin/a] }]", true)]
    [InlineData("", "custom: [{ name: a, command: [/bin/a] }]", false)]
    // whose signatures count is told by a gate that is off as well
    [InlineData("gates: { signature: { mode: off, keys: [a] } }", "gates: { signature: { mode: off, keys: [a, b] } }", true)]
    [InlineData("gates: { signature: off }", "gates: { signature: { mode: off, keys: [a] } }", true)]
    [InlineData("gates: { provenance: { mode: off, sources: [a] } }", "gates: { provenance: { mode: off, sources: [a, b] } }", true)]
    // what any other gate that is off was told makes no difference
    [InlineData("gates: { coverage: { mode: off, atLeast: 90% } }", "gates: { coverage: { mode: warn, atLeast: 10% } }", false)]
    public void Between_KnowsWhatWeakens(string before, string after, bool weaker)
    {
        Assert.Equal(weaker, PolicyDiff.Between(Of(before), Of(after)).IsWeaker());
    }

    [Fact]
    public void Between_TheSame_IsNothing() => Assert.Empty(PolicyDiff.Between(Of(""), Of("gates: {}")));

    [Fact]
    public void Between_SaysWhatChanges() => Assert.Equal(
        [new("coverage", "enforce", "warn", PolicyDirection.Weaker), new("coverage.atLeast", "90%", "80%", PolicyDirection.Weaker), new PolicyChange("vulnerabilities.block", "critical", "high", PolicyDirection.Tighter)],
        PolicyDiff.Between(Of("gates: { coverage: { atLeast: 90% } }"), Of("gates: { coverage: warn, vulnerabilities: { mode: warn, block: high } }")));

    [Fact]
    public void Between_ShowsWhatReadsAlikeApart() => Assert.Equal(
        [("custom.a", "enforce sh -c 'exit 1' within 60s", "enforce sh -c exit 1 within 60s"), ("evidenceFrom", "'a, b'", "[a, b]")],
        PolicyDiff.Between(Of("evidenceFrom: ['a, b']\ncustom: [{ name: a, command: [sh, -c, 'exit 1'], timeout: 60s }]"), Of("evidenceFrom: [a, b]\ncustom: [{ name: a, command: [sh, -c, exit, '1'], timeout: 60s }]"))
            .Select(change => (change.What, change.Before, change.After)));

    private static Policy Of(string text)
    {
        var read = PolicyReaderTests.Read($"apiVersion: signalbox-policy/v1\n{text}\n");
        Assert.Empty(read.Findings);
        return read.Policy!;
    }
}
