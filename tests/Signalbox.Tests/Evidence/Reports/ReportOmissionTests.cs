using System.Text;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>What a report leaves out, or only seems to say, does not speak for a release.</summary>
public sealed class ReportOmissionTests
{
    private const string TestRun = "<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results><UnitTestResult testName=\"A\" outcome=\"Passed\"/></Results>";

    /// <summary>An ignore list has no expiry and no second person: what it hides is a finding that is set aside.</summary>
    [Theory]
    [InlineData("""{"matches":[],"ignoredMatches":[{"vulnerability":{"id":"CVE-1","severity":"Critical"},"artifact":{"name":"a"},"appliedIgnoreRules":[{"reason":"later"}]}],"descriptor":{}}""", "Grype: ignored (later)")]
    [InlineData("""{"matches":[],"ignoredMatches":[{"vulnerability":{"id":"CVE-1","severity":"Critical"},"artifact":{"name":"a"}}],"descriptor":{}}""", "Grype: ignored")]
    [InlineData("""{"vulnerabilities":[],"ok":true,"filtered":{"ignore":[{"id":"CVE-1","packageName":"a","severity":"critical","filtered":{"ignored":[{"reason":"later"}]}}],"patch":[]}}""", "Snyk: ignored (later)")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Class":"os-pkgs","ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Statement":"later","Source":".trivyignore.yaml","Finding":{"VulnerabilityID":"CVE-1","PkgName":"a","Severity":"CRITICAL"}}]}]}""", "Trivy: ignored (later)")]
    [InlineData("""{"ClusterName":"c","Resources":[{"Results":[{"Target":"a","Class":"os-pkgs","ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Source":".trivyignore","Finding":{"VulnerabilityID":"CVE-1","PkgName":"a","Severity":"CRITICAL"}}]}]}]}""", "Trivy: ignored (.trivyignore)")]
    public void WhatAScannerWasToldToIgnore_IsAFindingSetAside(string report, string why)
    {
        var finding = Assert.Single(Scan(report).Findings);
        Assert.Equal(("CVE-1", FindingSeverity.Critical, FindingKind.Vulnerability, why), (finding.Id, finding.Severity, finding.Kind, finding.SetAside));
    }

    [Theory]
    [InlineData("""{"vulnerabilities":[],"ok":true}""", "Vulnerability")]
    [InlineData("""{"infrastructureAsCodeIssues":[],"ok":true}""", "Misconfiguration")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Class":"os-pkgs"}]}""", "Vulnerability")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Class":"config"}]}""", "Misconfiguration")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"a","Metadata":{"ImageConfig":{"config":{"Labels":{"Class":"os-pkgs"}}}},"Results":[{"Target":"a","Class":"config"}]}""", "Misconfiguration")]
    [InlineData("""{"ClusterName":"c","Resources":[{"Results":[{"Target":"a","Class":"lang-pkgs"}]}]}""", "Vulnerability")]
    [InlineData("""{"version":"15.0.0","vulnerabilities":[],"scan":{"type":"secret_detection","status":"success"}}""", "Secret")]
    [InlineData("""{"version":"15.0.0","vulnerabilities":[],"scan":{"type":"dast","status":"success"}}""", "")]
    [InlineData("""{"version":"15.0.0","vulnerabilities":[],"scan":{"type":"dast","status":"success","scanner":{"type":"sast"}}}""", "")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}},"results":[]}]}""", "Code")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"nobody knows it"}},"results":[]}]}""", "Code")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks"}},"results":[]}]}""", "Secret")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Hadolint"}},"results":[]}]}""", "Misconfiguration")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Grype"}},"results":[{"ruleId":"CVE-1","level":"error"}]}]}""", "")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy"}},"results":[]}]}""", "")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep OSS"}},"results":[]},{"results":[],"tool":{"driver":{"name":"gitleaks"}}}]}""", "Secret, Code")]
    public void AScan_CoversWhatItLookedFor(string report, string covers) => Assert.Equal(covers, string.Join(", ", Scan(report).Covers));

    [Fact]
    public void Sarif_SaysWhoseItIs_AndItsFindingsAreOfWhatThatLooksFor()
    {
        var scan = Scan("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks"}},"results":[{"ruleId":"aws-key"}]},{"tool":{"driver":{"name":"Trivy","rules":[{"id":"CVE-1","properties":{"tags":["vulnerability"]}},{"id":"DS002","properties":{"tags":["misconfiguration"]}}]}},"results":[{"ruleId":"CVE-1"},{"ruleId":"DS002"}]}]}""");
        Assert.Equal(["gitleaks", "Trivy"], scan.Drivers);
        Assert.Equal([FindingKind.Secret, FindingKind.Vulnerability, FindingKind.Misconfiguration], scan.Findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData("""{"version":"2.1.0","runs":[]}""")]
    [InlineData("""{"version":"2.1.0","runs":null}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}}}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}},"results":null}]}""")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}},"results":[]},{"tool":{"driver":{"name":"CodeQL"}}}]}""")]
    [InlineData("""{"version":"1.97.0","results":[],"errors":[{"level":"error","type":"Rule parse error","message":"no such rule"}]}""")]
    [InlineData(TestRun + "<ResultSummary outcome=\"Failed\"><Counters total=\"1\"/></ResultSummary></TestRun>")]
    [InlineData(TestRun + "<ResultSummary outcome=\"Completed\"><Counters total=\"1\"/><RunInfos><RunInfo outcome=\"Error\"><Text>Test host process crashed</Text></RunInfo></RunInfos></ResultSummary></TestRun>")]
    [InlineData("""<testsuites tests="1" failures="1"><testsuite tests="1" failures="1"><testcase name="a"/></testsuite></testsuites>""")]
    [InlineData("""<testsuite tests="1" errors="1"><testcase name="a"/></testsuite>""")]
    [InlineData("""<testsuites tests="1" failures="1"><testsuite tests="1" errors="0"><testcase name="a"/></testsuite></testsuites>""")]
    [InlineData("""<testsuites><testsuite tests="1" failures="0"><testcase name="a"/></testsuite><testsuite failures="1"><testcase name="b"/></testsuite></testsuites>""")]
    public void WhatIsNotTheWholeResult_SaysSo(string report) => Assert.NotNull(Read(report).Incomplete);

    [Theory]
    [InlineData("""{"version":"1.97.0","results":[],"errors":[{"level":"warn","type":"PartialParsing","message":"one file"}]}""")]
    [InlineData(TestRun + "<ResultSummary outcome=\"Completed\"><Counters total=\"1\"/><RunInfos><RunInfo outcome=\"Warning\"><Text>slow</Text></RunInfo></RunInfos></ResultSummary></TestRun>")]
    [InlineData("""<testsuites tests="2" failures="2" errors="1"><testsuite tests="2"><testcase name="a"><failure/><error/></testcase><testcase name="b" status="failed"/></testsuite></testsuites>""")]
    [InlineData(TestRun + "<ResultSummary outcome=\"Completed\"><Counters total=\"1\"/></ResultSummary></TestRun>")]
    [InlineData("""<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results><UnitTestResult testName="a" outcome="Failed"/></Results><ResultSummary outcome="Failed"><Counters total="1"/><RunInfos><RunInfo outcome="Error"><Text>[xUnit.net 00:00:00.50] a [FAIL]</Text></RunInfo></RunInfos></ResultSummary></TestRun>""")]
    [InlineData("""<testsuites tests="1" failures="0" errors="3"><testsuite tests="1" failures="0"><testcase name="a"/></testsuite></testsuites>""")]
    public void WhatIsWhole_IsNotCalledIncomplete(string report) => Assert.Null(Read(report).Incomplete);

    /// <summary>GitLab's reports of version 15 and later say once, for all of them, what they are of; and may say it last.</summary>
    [Theory]
    [InlineData("""{"version":"15.2.1","scan":{"type":"secret_detection"},"vulnerabilities":[{"id":"a","severity":"Critical","name":"AWS key","location":{"file":"a.js"},"identifiers":[]}]}""")]
    [InlineData("""{"version":"15.2.1","vulnerabilities":[{"id":"a","severity":"Critical","name":"AWS key","location":{"file":"a.js"},"identifiers":[]}],"scan":{"type":"secret_detection"}}""")]
    public void GitLab_SecretWithoutACategory_IsASecret(string report) => Assert.Equal(FindingKind.Secret, Assert.Single(Scan(report).Findings).Kind);

    [Theory]
    [InlineData("""{"type":"auditAdvisory","data":{"advisory":{"id":1,"severity":"critical","module_name":"a"}}}""")]
    [InlineData("""{"data":{"advisory":{"id":1,"severity":"critical","module_name":"a"}},"type":"auditAdvisory"}""")]
    [InlineData("""{"value":"a","children":{"ID":1,"Issue":"i","Severity":"critical"}}""")]
    [InlineData("""{"children":{"ID":1,"Issue":"i","Severity":"critical"},"value":"a"}""")]
    public void Yarn_LinesWhoseKeysStandInAnyOrder_AreFindings(string report)
    {
        var finding = Assert.Single(Scan(report).Findings);
        Assert.Equal((FindingSeverity.Critical, "a"), (finding.Severity, Assert.Single(finding.Packages)));
    }

    [Theory]
    [InlineData(""", "components":[{"type":"library","name":"a"}], "compositions":[{"aggregate":"incomplete","assemblies":["r"]}]""", "it calls itself incomplete")]
    [InlineData(""", "components":[{"type":"library","name":"a"}], "compositions":[{"aggregate":"complete"},{"aggregate":"incomplete_third_party_only"}]""", "it calls itself incomplete_third_party_only")]
    [InlineData(""", "components":[{"type":"library","name":"a"}], "compositions":[{"aggregate":"unknown"}]""", null)]
    [InlineData(""", "components":[]""", "it lists no component, and does not say that there is none")]
    [InlineData(""", "components":[], "compositions":[{"aggregate":"complete"}]""", null)]
    public void Sbom_SaysThatItIsPartial(string rest, string? partial)
    {
        var sbom = Assert.IsType<SbomReport>(Read($$"""{"bomFormat":"CycloneDX","specVersion":"1.5","version":1{{rest}}}"""));
        Assert.True(sbom.Valid, string.Join("; ", sbom.Problems));
        Assert.Equal(partial, sbom.Partial);
    }

    [Fact]
    public void SbomInXml_SaysThatItIsPartial() => Assert.Equal("it calls itself incomplete", Assert.IsType<SbomReport>(Read(
        """<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component type="library"><name>a</name></component></components><compositions><composition><aggregate>incomplete</aggregate></composition></compositions></bom>""")).Partial);

    private static ScanReport Scan(string report) => Assert.IsType<ScanReport>(Read(report));

    private static Report Read(string report) => ReportReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(report)));
}
